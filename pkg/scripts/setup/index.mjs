import { say, seconds } from '../lib/run.mjs'
import { ensureNpm } from './npm.mjs'
import { ensureCargoTools, ensureRust, ensureRustComponents, ensureWasmTarget } from './rust.mjs'
import { ensureChromium, ensureFirefox, ensureLinker, ensurePostgres } from './system.mjs'

/**
 * Brings the machine to where the project builds (`lint` and `hosts`: what only checks and tests need): installs what is
 * missing, says so, and takes a moment when nothing is.
 */
export async function setup({ lint = false, hosts = false } = {}) {
  const start = performance.now()
  ensureRust()
  await ensureLinker()
  await ensureNpm()
  await ensureWasmTarget()
  await ensureCargoTools()
  if (lint) await ensureRustComponents()
  if (hosts) {
    await ensureChromium()
    await ensureFirefox()
    await ensurePostgres()
  }
  say(`tools are ready (${seconds(start)})`)
}
