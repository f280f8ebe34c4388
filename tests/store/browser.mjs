// Chromium for the store tests: our own process (so that it can be killed) with a profile on disk, and the pages in it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { pageScript } from './bundle.mjs'
import { servePage } from './served-page.mjs'

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Serves one page that loads the stores and the suite. `origin(label)`: each label is a storage of its own. */
export async function serve() {
  return servePage('store', await pageScript(['page.mjs', 'suite.mjs']))
}

/** Starts Chromium on a profile folder, or on a new one that is removed at the end. */
export async function launch(given) {
  const profile = given ?? (await mkdtemp(join(tmpdir(), 'lictor-profile-')))
  const executable = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const child = spawn(
    executable,
    [...flags, ...quiet, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    {
      // A group of its own: killing it kills the renderer and storage processes too.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const gone = new Promise((resolve) => child.once('close', resolve))
  const killNow = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nothing is left of the group.
    }
  }
  process.once('exit', killNow)
  const kill = async () => {
    killNow()
    process.off('exit', killNow)
    await gone
  }
  const browser = await chromium.connectOverCDP(await endpoint(child, executable))
  const [context] = browser.contexts()
  const faults = []
  return {
    profile,
    faults,
    kill,
    async page(origin) {
      const page = await context.newPage()
      page.on('pageerror', (error) => faults.push(String(error.stack ?? error)))
      await page.goto(`${origin}/`)
      return page
    },
    devtools: (page) => context.newCDPSession(page),
    async close() {
      await browser.close().catch(() => {})
      await kill()
      if (!given) await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** The address Chromium prints once it listens. */
async function endpoint(child, executable) {
  const said = []
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(`could not start \`${executable}\` (set CHROMIUM to another one): ${error.message}`)
  })
  const listening = (async () => {
    for await (const line of createInterface(child.stderr)) {
      const found = /DevTools listening on (ws:\S+)/.exec(line)
      if (found) return found[1]
      said.push(line)
    }
    throw new Error(`\`${executable}\` ended before it listened:\n${said.slice(-20).join('\n')}`)
  })()
  const address = await Promise.race([failed, listening])
  failed.catch(() => {})
  // Keep reading, or the pipe fills up and Chromium stops.
  child.stderr.resume()
  return address
}
