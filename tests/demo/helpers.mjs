// A browser, the demo served on this machine, and the few things a person does with it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../../www/build.mjs'
import { serve } from '../../www/serve.mjs'

// The demo's own package names its tools; where npm put them is not this file's business.
const require = createRequire(new URL('../../www/package.json', import.meta.url))
const { chromium } = require('playwright-core')

export const axeSource = require('axe-core').source
export const output = fileURLToPath(new URL('../output/', import.meta.url))

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Builds and serves the demo and starts a browser; `DEMO_URL` names a demo that is served already. */
export async function start() {
  mkdirSync(output, { recursive: true })
  // A folder of its own: test files run side by side, and `npm start` may be serving www/dist.
  const dist = mkdtempSync(join(tmpdir(), 'lictor-demo-'))
  const server = process.env.DEMO_URL ? elsewhere(process.env.DEMO_URL) : await built(dist)
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
  return {
    url: server.url,
    /** A device nobody has used: its own storage, its own service worker. */
    async device(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1360, height: 900 },
        colorScheme: 'light',
        ...options,
      })
      const faults = []
      context.on('page', (page) => {
        page.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
        page.on('pageerror', (error) => faults.push(String(error)))
      })
      return { context, faults, open: (hash) => open(context, server.url, hash) }
    },
    async stop() {
      await browser.close()
      await server.close()
      rmSync(dist, { recursive: true, force: true })
    },
  }
}

async function built(dist) {
  await build({ dist })
  return serve({ port: 0, folder: dist })
}

const elsewhere = (url) => ({ url, close: async () => {} })

async function open(context, url, hash = '') {
  const page = await context.newPage()
  await page.goto(url + hash)
  await ready(page)
  return page
}

/** The header stands once the store is open and the engine has started. */
export async function ready(page) {
  await page.getByTestId('subject-button').waitFor()
}

/** After this the page opens without a network. */
export async function offlineReady(page) {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (navigator.serviceWorker.controller) return
    await new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    )
  })
}

/** Chooses a person in the dialog, as somebody with a mouse would. */
export async function actAs(page, id) {
  await page.getByTestId('subject-button').click()
  const card = page.getByTestId(`subject-${id}`)
  await ((await card.count()) ? card : page.getByTestId(`person-${id}`)).click()
  await page.getByTestId('subject-dialog').waitFor({ state: 'hidden' })
}

export async function stateOf(page) {
  return page.getByTestId('record-page').getAttribute('data-state')
}

/** Runs a transition by its button and waits until it is stored. */
export async function act(page, action, reached) {
  await page.getByTestId(`act-${action}`).click()
  await page.locator(`[data-testid="record-page"][data-state="${reached}"]`).waitFor()
}

/** What the page says of one of the ten actions. */
export async function decision(page, action) {
  return page.getByTestId(`action-${action}`).getAttribute('data-decision')
}

/** Every button of the workflow that can be pressed. */
export async function offered(page) {
  return page
    .locator('[data-testid^="act-"]:enabled')
    .evaluateAll((buttons) => buttons.map((button) => button.dataset.testid.slice('act-'.length)).sort())
}

/** Hides what differs from run to run, so that two screenshots can be compared by eye. */
export async function shoot(page, name) {
  await page.waitForTimeout(350)
  return page.screenshot({ path: `${output}demo-${name}.png` })
}
