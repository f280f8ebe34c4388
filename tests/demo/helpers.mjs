// A browser, the demo served on this machine, and the few things a person does with it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
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

/**
 * Builds and serves the demo, its repository in memory, and starts a browser. `api: false`: files only, so that the
 * service worker has to be the server.
 */
export async function start({ api = true } = {}) {
  mkdirSync(output, { recursive: true })
  // A folder of its own: test files run side by side, and `npm start` may be serving www/dist. Within the repository,
  // because what is in it imports the package by name.
  const dist = mkdtempSync(join(output, 'dist-'))
  await build({ dist })
  const away = new Set()
  const refuse = ({ headers }) => away.has(headers.get('authorization'))
  const server = await serve({ port: 0, folder: dist, api, refuse })
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
  return {
    url: server.url,
    store: server.store,
    handler: server.handler,
    /**
     * Nothing of this person reaches the server, or it does again. A browser that is told to be offline may still send
     * a request of a page that was just reloaded, and keep only the answer from it.
     */
    reach(person, reaches) {
      if (reaches) away.delete(`Bearer demo-${person}`)
      else away.add(`Bearer demo-${person}`)
    },
    /** A device nobody has used: its own storage, its own service worker. */
    async device(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1360, height: 900 },
        colorScheme: 'light',
        ...options,
      })
      const faults = []
      context.on('page', (page) => {
        page.on('console', (line) => isFault(line) && faults.push(line.text()))
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

/** That a request found no network is what the browser itself says of it, and no fault of the page. */
const isFault = (line) => line.type() === 'error' && !line.text().includes('net::ERR_INTERNET_DISCONNECTED')

async function open(context, url, hash = '') {
  const page = await context.newPage()
  await page.goto(url + hash)
  await ready(page)
  return page
}

/** The header stands once the engine has started and whoever was signed in is again. */
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

/** Signs in as a person, as somebody with a mouse would, and waits for what the server has for them. */
export async function actAs(page, id) {
  if ((await page.getByTestId('welcome').count()) === 0) await page.getByTestId('subject-button').click()
  const card = page.getByTestId(`subject-${id}`)
  await ((await card.count()) ? card : page.getByTestId(`person-${id}`)).click()
  await page.getByTestId('subject-dialog').waitFor({ state: 'hidden' })
  await page.locator(`[data-testid="subject-button"][data-person="${id}"]`).waitFor()
  await calm(page)
}

/** A person in a browser of their own. */
export async function visit(demo, person, hash) {
  const device = await demo.device()
  const page = await device.open(hash)
  await actAs(page, person)
  return { ...device, page, leave: () => device.context.close() }
}

/** The repository as it was at first; whoever is signed in may ask for that. */
export async function reset(demo, person) {
  const headers = { authorization: `Bearer demo-${person}` }
  const { status } = await fetch(`${demo.url}api/demo/reset`, { method: 'POST', headers })
  if (status !== 204) throw new Error(`the demo was not reset: ${status}`)
}

/** What is announced to those who do not see the page. */
export const said = (page, text) => page.getByTestId('announcer').getByText(text).waitFor()

/** Nothing waits, and the view is as new as the server's. */
export async function calm(page) {
  await page.locator('[data-testid="connection"][data-sync="idle"][data-undecided="0"]').waitFor()
}

/** The client has noticed that there is no way to the server. */
export async function cut(page) {
  await page.locator('[data-testid="connection"][data-sync="offline"]').waitFor()
}

export async function stateOf(page) {
  return page.getByTestId('record-page').getAttribute('data-state')
}

/** Runs a transition by its button and waits until its effect is shown. */
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
