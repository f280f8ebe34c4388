#!/usr/bin/env node
// `npm run check`: format, lint and types. `npm run format` (`--fix`) writes what can be written.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from './build/generate.mjs'
import { buildWasm } from './build/wasm.mjs'
import { modules } from './lib/paths.mjs'
import { Failure, main, run } from './lib/run.mjs'
import { wasmTarget } from './lib/versions.mjs'
import { setup } from './setup/index.mjs'

const scripts = ['pkg', 'www', 'tests', 'examples', '*.json']
const hint = '`npm run format` writes the format'

/** Everything that needs no built wasm. */
export function checkSources() {
  return all(
    () => run('cargo', ['fmt', '--all', '--check'], { hint }),
    () => prettier('--check'),
    () => clippy('--all-targets'),
    () => clippy('--target', wasmTarget),
    () => clippy('--target', wasmTarget, '--no-default-features'),
    () => clippy('--target', wasmTarget, '--features', 'tools'),
  )
}

/** Types see the generated glue and presets, so those are made first (and reused by the build). */
export async function checkTypes() {
  await buildWasm()
  await generate()
  await all(
    () => run(join(modules, '.bin/tsc'), ['--noEmit', '-p', 'pkg']),
    () => run('npm', ['run', '--silent', '--if-present', '--workspace', 'www', 'check']),
  )
}

/** One fault must not hide the next: every check runs, and the failures are told together. */
async function all(...checks) {
  const failures = []
  for (const check of checks) {
    try {
      await check()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failures.push(error)
    }
  }
  if (failures.length === 0) return
  throw new Failure(
    failures.map(({ message }) => message).join('\n  and '),
    failures.find((failure) => failure.hint)?.hint,
  )
}

function clippy(...target) {
  return run('cargo', ['clippy', '--quiet', ...target, '--', '-D', 'warnings'])
}

function prettier(mode) {
  const command = [mode, '--log-level', 'warn', '--no-error-on-unmatched-pattern', ...scripts]
  return run(join(modules, '.bin/prettier'), command, { hint })
}

async function fix() {
  await run('cargo', ['fmt', '--all'])
  await prettier('--write')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await setup({ lint: true })
    if (process.argv.includes('--fix')) await fix()
    await checkSources()
    await checkTypes()
  })
}
