// How long devices and a server need for a large view: `node tests/bench/sync.mjs [--records N] [--store memory|sqlite]
// [--against PACKAGE]`. Another build of the package is measured beside this one, in turns, so that a busy machine hurts
// both alike. Nothing here fails because of a time.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { launch } from '../store/browser.mjs'
import { markdown, summary } from './measure.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : process.argv[at + 1]
}
const count = Number(option('records', 50_000))
const rounds = Number(option('rounds', 7))
const kind = option('store', 'memory')
const packages = { here: fileURLToPath(new URL('../../pkg', import.meta.url)) }
const against = option('against')
if (against) packages.against = against

/** A process with a server of one package. */
async function host(folder) {
  const child = fork(fileURLToPath(new URL('sync-host.mjs', import.meta.url)), [folder, String(count), kind], {
    execArgv: ['--expose-gc'],
  })
  const [{ port }] = await once(child, 'message')
  return {
    port,
    async ask(what, options = {}) {
      child.send({ what, ...options })
      const [answer] = await once(child, 'message')
      if (answer.error) throw new Error(answer.error)
      return answer
    },
    close: () => child.disconnect(),
  }
}

/** What runs in the page. */
const page = `
import { createEngine } from 'lictor'
import { openClient } from 'lictor/client'
globalThis.open = async (id, settle) => {
  const engine = await createEngine({ policy: 'oarepo' })
  const start = performance.now()
  const client = await openClient({ engine, url: '/sync', user: { type: 'user', id: '7' }, feed: false })
  const opened = performance.now()
  const answer = client.can('update', { type: 'record', id })
  const answered = performance.now()
  if (settle) await client.sync()
  const times = { open: opened - start, answer: answered - opened, total: answered - start, settled: performance.now() - start }
  const { sync } = client.status()
  const held = settle ? client.list({}).ids.length : 0
  await client.close()
  return { ...times, decision: answer.decision, sync, held }
}
`

async function site(folder, port) {
  const { outputFiles } = await build({
    stdin: { contents: page, resolveDir: folder },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  })
  let cut = false
  const server = createServer(async (request, response) => {
    if (request.url.startsWith('/sync/')) {
      if (cut) return request.socket.destroy()
      const body = await new Promise((resolve) => {
        const parts = []
        request.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)))
      })
      const { host: _, 'content-length': __, connection: ___, ...headers } = request.headers
      const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
        method: request.method,
        headers,
        ...(body.length > 0 && { body }),
      })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
      if (answer.body) for await (const chunk of answer.body) response.write(chunk)
      return response.end()
    }
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? outputFiles[0].text : '<!doctype html><script src="/page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://bench.localhost:${server.address().port}`,
    cut: () => (cut = true),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const table = new Map()
const note = (what, name, value) => {
  const line = table.get(what) ?? new Map()
  table.set(what, line)
  line.set(name, [...(line.get(name) ?? []), value])
}
const names = Object.keys(packages)
const hosts = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await host(packages[name])])))

// ---- the server ------------------------------------------------------------------------------------------------------

for (let round = 0; round < rounds; round++) {
  for (const name of round % 2 ? names : names.toReversed()) {
    const { ask } = hosts[name]
    if (round < 3) {
      const before = (await ask('rss')).result
      const { ms, result } = await ask('pull', { start: true, schema: 2 })
      note('server: whole view, first pull', name, ms)
      note('server: memory above rest meanwhile (MB)', name, (result.top - before) / 2 ** 20)
      note('server: size of the whole view (MB)', name, result.bytes / 2 ** 20)
    }
    note('server: pull, nothing changed', name, (await ask('pull', { schema: 2 })).ms)
    for (const [what, change] of [
      ['1 record', { records: 1 }],
      ['100 records', { records: 100 }],
      ['a community', { records: 0, communities: 1 }],
    ]) {
      await ask('change', change)
      const { ms, result } = await ask('pull', { schema: 2 })
      if (result.kind !== 'patch') throw new Error(`${name}: a ${result.kind}`)
      note(`server: pull after ${what} changed`, name, ms)
    }
  }
}

// ---- the device ------------------------------------------------------------------------------------------------------

const browser = await launch()
const sites = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await site(packages[name], hosts[name].port)])),
)
const id = 'record-nobody-has'
for (const name of names) {
  const tab = await browser.page(sites[name].origin)
  const first = await tab.evaluate((id) => open(id, true), id)
  console.log(`${name}: ${first.sync}, ${first.held} records held`)
  note('Chromium: first sync, from nothing to the whole view', name, first.settled)
  await tab.close()
  sites[name].cut()
}
for (let round = 0; round < 2 * rounds; round++) {
  for (const name of round % 2 ? names : names.toReversed()) {
    const tab = await browser.page(sites[name].origin)
    const { open, answer, total } = await tab.evaluate((id) => globalThis.open(id), id)
    await tab.close()
    if (round < 2) continue
    note('Chromium: open from the disk', name, open)
    note('Chromium: first question', name, answer)
    note('Chromium: open to first answer', name, total)
  }
}
await browser.close()
for (const name of names) {
  sites[name].close()
  hosts[name].close()
}

const line = ([what, found]) => [
  what,
  ...names.map((name) => {
    const { median, best } = summary(found.get(name))
    return `${median.toFixed(1)} (best ${best.toFixed(1)})`
  }),
]
console.log(`\n${count} records, store: ${kind}; milliseconds unless named, medians\n`)
console.log(markdown(['', ...names], [...table].map(line)))
