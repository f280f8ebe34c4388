// The same handler and the same conversation on every host: not a byte of an answer differs.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { chromium } from 'playwright-core'
import { serve } from 'lictor/server/node'
import { createEngine } from 'lictor'
import { bearerTokens, createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { openSqliteStore } from 'lictor/store/sqlite'
import { converse, start, talk } from './hosts/conversation.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const program = join(here, 'hosts/run.mjs')
const require = createRequire(import.meta.url)
const run = promisify(execFile)
const parts = { createEngine, createHandler, bearerTokens, openMemoryStore }

const PARTS = `
  import { createEngine } from 'lictor'
  import { bearerTokens, createHandler } from 'lictor/server'
  import { openMemoryStore } from 'lictor/store'
  import { start, talk } from './hosts/conversation.mjs'
  const parts = { createEngine, createHandler, bearerTokens, openMemoryStore }`

/** A program for a host that takes one script. */
async function script(contents, options) {
  const stdin = { contents: `${PARTS}\n${contents}`, resolveDir: here }
  const { outputFiles } = await build({ stdin, bundle: true, write: false, target: 'es2022', ...options })
  return outputFiles[0].text
}

/** The program itself: npm's `bun` only finds it when install scripts have run, and here they do not. */
function bunProgram() {
  const folder = dirname(require.resolve('bun/package.json'))
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [system, chip] = [process.platform, process.arch === 'arm64' ? 'aarch64' : process.arch]
  for (const name of Object.keys(optionalDependencies).filter((one) => one.includes(`bun-${system}-${chip}`))) {
    const path = join(folder, '..', name, 'bin/bun')
    if (existsSync(path) && spawnSync(path, ['--version']).status === 0) return path
  }
  throw new Error(`no program of Bun for ${system}-${chip} was installed; run npm ci`)
}

describe('the same conversation', () => {
  let expected
  before(async () => {
    expected = await talk(parts)
    const statuses = new Set(expected.split('\n').map((line) => JSON.parse(line)[3]))
    // A conversation in which everything fails would be the same everywhere, too.
    assert.deepEqual([...statuses].sort(), [200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 412, 415])
  })

  test('in a process of Node', async () => {
    const { stdout } = await run(process.execPath, [program])
    assert.equal(stdout.trim(), expected)
  })

  test("through Node's own HTTP server", async () => {
    const handler = await start(parts)
    const served = await serve(handler)
    try {
      assert.equal(await converse((path, init) => fetch(served.url + path, init)), expected)
    } finally {
      await served.close()
      await handler.close()
    }
  })

  test('over a file of SQLite, and again over the same file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lictor-server-'))
    const open = (initial, options) => openSqliteStore(join(folder, 'repository.db'), { initial, ...options })
    try {
      const store = { current: undefined }
      const kept = async (...given) => (store.current = await open(...given))
      assert.equal(await talk(parts, kept), expected)
      await store.current.close()
      const again = await kept(undefined, { columns: await createEngine({ policy: 'oarepo' }) })
      const { communities, records } = await again.all()
      assert.deepEqual(Object.keys(communities), ['A', 'B', 'hidden'])
      assert.equal(records.draft.title, 'changed')
      await again.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('in Deno', async () => {
    const deno = join(dirname(require.resolve('deno/package.json')), 'bin.cjs')
    const args = [deno, 'run', '--no-prompt', '--allow-read', '--node-modules-dir=manual', program]
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } })
    assert.equal(stdout.trim(), expected)
  })

  test('in Bun', async () => {
    const { stdout } = await run(bunProgram(), [program])
    assert.equal(stdout.trim(), expected)
  })

  test('in workerd, in memory and in a Durable Object', async () => {
    const contents = `
      import { openDurableStore } from 'lictor/store/durable-object'
      export class Repository {
        constructor({ storage }) {
          this.open = (initial, options) => openDurableStore(storage, { initial, ...options })
        }
        async fetch() {
          return new Response(await talk(parts, this.open))
        }
      }
      export default {
        fetch: async ({ url }, { REPOSITORY }) =>
          url.endsWith('/durable')
            ? REPOSITORY.get(REPOSITORY.idFromName('one')).fetch(url)
            : new Response(await talk(parts)),
      }`
    const worker = await script(contents, {
      format: 'esm',
      conditions: ['workerd', 'worker'],
      external: ['*.wasm'],
    })
    const wasm = fileURLToPath(import.meta.resolve('lictor/lictor.wasm'))
    const host = new Miniflare({
      compatibilityDate: '2026-04-01',
      durableObjects: { REPOSITORY: { className: 'Repository', useSQLite: true } },
      modules: [
        { type: 'ESModule', path: 'worker.js', contents: worker },
        { type: 'CompiledWasm', path: 'lictor.wasm', contents: readFileSync(wasm) },
      ],
    })
    try {
      assert.equal(await (await host.dispatchFetch('http://worker/memory')).text(), expected)
      assert.equal(await (await host.dispatchFetch('http://worker/durable')).text(), expected)
    } finally {
      await host.dispose()
    }
  })

  test('in a service worker of Chromium', async () => {
    const worker = await script(
      `
      const handler = start(parts)
      self.addEventListener('install', () => self.skipWaiting())
      self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
      self.addEventListener('fetch', (event) => {
        if (new URL(event.request.url).pathname.startsWith('/api/'))
          event.respondWith(handler.then((answer) => answer(event.request)))
      })`,
      { format: 'iife', platform: 'browser' },
    )
    const page = await build({
      stdin: { contents: "export { converse } from './hosts/conversation.mjs'", resolveDir: here },
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'talking',
    })
    const files = {
      '/': ['text/html', '<!doctype html><script src="/page.js"></script>'],
      '/page.js': ['text/javascript', page.outputFiles[0].text],
      '/worker.js': ['text/javascript', worker],
    }
    const server = createServer((request, response) => {
      const [type, body] = files[request.url] ?? []
      response.writeHead(type ? 200 : 404, { 'content-type': type ?? 'text/plain' })
      response.end(body)
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet],
    })
    try {
      const tab = await browser.newPage()
      await tab.goto(`http://127.0.0.1:${server.address().port}/`)
      const said = await tab.evaluate(async () => {
        const { navigator, talking } = globalThis
        const controlled = new Promise((resolve) =>
          navigator.serviceWorker.addEventListener('controllerchange', resolve),
        )
        await navigator.serviceWorker.register('/worker.js')
        await controlled
        return talking.converse((path, init) => fetch(path, { ...init, cache: 'no-store' }))
      })
      assert.equal(said, expected)
    } finally {
      await browser.close()
      server.close()
    }
  })
})
