// One package's server over a seeded repository, in a process of its own: `sync-host.mjs PACKAGE RECORDS STORE`. It serves
// devices over the loopback, and does what its parent asks, each with the milliseconds it took.

import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { facts as makeFacts, records as makeRecords } from './generate.mjs'

const [, , folder, count, kind] = process.argv
const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** A module of the package that is measured, whatever this process would find under the name. */
function own(name) {
  const { node, default: other } = exports[name].import
  return import(pathToFileURL(join(folder, node ?? other)).href)
}

const { createEngine } = await own('.')
const { createHandler } = await own('./server')

const COMMUNITIES = 200
const engine = await createEngine({ policy: 'oarepo' })
const records = makeRecords({ count: Number(count), communities: COMMUNITIES })
const given = makeFacts({ communities: COMMUNITIES, users: [[7, COMMUNITIES]] })
const facts = {
  ...given,
  // The preset has no role `admin`.
  memberships: given.memberships.map((row) => ({ ...row, role: row.role === 'admin' ? 'curator' : row.role })),
  communities: Object.fromEntries(Object.entries(given.communities).map(([id, one]) => [id, withoutAdmin(one)])),
  users: { 7: { roles: [] }, 8: { roles: [] } },
  records: Object.fromEntries(records.map(({ id, ...record }) => [id, described(record)])),
}
const place = mkdtempSync(join(tmpdir(), 'lictor-bench-'))
process.on('exit', () => rmSync(place, { recursive: true, force: true }))
const store =
  kind === 'sqlite'
    ? await (await own('./store/sqlite')).openSqliteStore(join(place, 'store.db'), { initial: facts, columns: engine })
    : await (await own('./store')).openMemoryStore(facts, { columns: engine })
const handler = createHandler({
  engine,
  store,
  secret: 'a secret of the benchmark that is long enough',
  authenticate: (request) => ({ type: 'user', id: request.headers.get('x-user') ?? '7' }),
})

function withoutAdmin({ title, grants: { admin: _, ...grants } }) {
  return { title, grants: { ...grants, any: [], author: ['read', 'update'] } }
}

/** Of the size of a real description. */
function described(record) {
  const { title } = record.metadata
  const creators = Array.from({ length: 3 }, (_, i) => ({ name: `Author ${i} of ${title}`, role: 'creator' }))
  return { ...record, metadata: { title, creators, languages: ['en'], year: 2026 } }
}

let cookie = null
const ids = Object.keys(facts.records)
const device = `bench-${process.pid}`

async function pull(schema) {
  const have = { bundle: engine.policy.hash, schema }
  const body = JSON.stringify({ v: 1, device, cookie, subs: ['everywhere'], have, ackVerdicts: 0 })
  const headers = { 'content-type': 'application/json' }
  const response = await handler(new Request('http://localhost/sync/pull', { method: 'POST', headers, body }))
  let bytes = 0
  let first = ''
  let top = 0
  for await (const chunk of response.body) {
    if (bytes < 65_536) first += new TextDecoder().decode(chunk)
    bytes += chunk.length
    top = Math.max(top, process.memoryUsage().rss)
  }
  if (response.status !== 200) throw new Error(first)
  cookie = /"next":"([^"]+)"/.exec(first)?.[1] ?? JSON.parse(first).next
  return { bytes, kind: /"t":"(\w+)"/.exec(first)[1], top }
}

/** Writes some records (or a community) as somebody else would. */
async function change(records, communities = 0) {
  const changes = []
  for (let i = 0; i < records; i++) {
    const id = ids[Math.floor(Math.random() * ids.length)]
    const value = { ...facts.records[id], changed: Math.random() }
    changes.push({ op: 'put', key: { relation: 'record', id }, value })
  }
  for (let i = 0; i < communities; i++) {
    const [id, value] = Object.entries(facts.communities)[i]
    changes.push({ op: 'put', key: { relation: 'community', id }, value: { ...value, title: `now ${Math.random()}` } })
  }
  await store.commit(changes, await store.revision())
}

const does = {
  async pull({ schema = 1, start = false }) {
    if (start) cookie = null
    return pull(schema)
  },
  change: ({ records, communities }) => change(records, communities),
  rss: async () => {
    globalThis.gc?.()
    return process.memoryUsage().rss
  },
}

const server = createServer(getRequestListener(handler))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.on('message', async ({ what, ...options }) => {
  const start = performance.now()
  try {
    const result = await does[what](options)
    process.send({ ms: performance.now() - start, result })
  } catch (error) {
    process.send({ error: String(error.stack) })
  }
})
process.on('disconnect', () => process.exit())
process.send({ port: server.address().port })
