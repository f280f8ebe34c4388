import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { ask } from './question.mjs'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' }

const report =
  'ask(lictor).then((answer) => { document.title = answer }, (error) => { document.title = `error: ${error}` })'

/** One script, as any bundler makes it for a page. */
export async function bundled(folder, name = 'lictor') {
  const contents = `import * as lictor from '${name}'\n${report}\n${ask}`
  const options = {
    stdin: { contents, resolveDir: folder },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
  }
  const { outputFiles } = await build(options)
  return { folder, html: `<script src="/bundle.js"></script>`, extra: { '/bundle.js': outputFiles[0].text } }
}

export function unbundled(folder) {
  const map = { imports: { lictor: '/node_modules/lictor/dist/browser.js' } }
  return { folder, html: page(map, `import * as lictor from 'lictor'\n${report}`) }
}

export function slim(folder, [name, script, wasm] = ['lictor/slim', 'slim.js', 'lictor.wasm']) {
  const map = { imports: { [name]: `/node_modules/lictor/dist/${script}` } }
  const start = `lictor.init(fetch('/node_modules/lictor/dist/${wasm}'))`
  return { folder, html: page(map, `import * as lictor from '${name}'\n${start}\n${report}`) }
}

function page(map, script) {
  return `<script type="importmap">${JSON.stringify(map)}</script><script type="module">${script}\n${ask}</script>`
}

/** Opens the page and waits for what it writes into its title. */
export async function askInBrowser(site) {
  const server = createServer((request, response) => answer(site, request.url, response))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: [...flags, ...quiet] })
  try {
    const tab = await browser.newPage()
    await tab.goto(`http://127.0.0.1:${server.address().port}/`)
    await tab.waitForFunction(() => globalThis.document.title !== '')
    return await tab.title()
  } finally {
    await browser.close()
    server.close()
  }
}

function answer({ folder, html, extra = {} }, url, response) {
  const body = url === '/' ? `<!doctype html>${html}` : (extra[url] ?? fileOf(folder, url))
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': types[extname(url)] ?? 'text/html' })
  response.end(body)
}

function fileOf(folder, url) {
  return url.startsWith('/node_modules/lictor/') ? readFileSync(join(folder, url)) : undefined
}
