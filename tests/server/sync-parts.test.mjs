// A whole view in parts: the same entries as in one message, each part within its bound, made as it is read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onRecord, record, serve } from './sync/server.mjs'

const LINES = { accept: 'application/x-ndjson, application/json' }
const BOUND = 256 * 1024

/** What an answer in lines says: its head, its parts, its end. */
function read(text) {
  assert.ok(text.endsWith('\n'))
  const lines = text.slice(0, -1).split('\n')
  const [head, ...rest] = lines
  const end = JSON.parse(rest.pop())
  const parts = []
  for (let i = 0; i < rest.length; i += 2)
    parts.push({
      about: JSON.parse(rest[i]),
      entries: JSON.parse(rest[i + 1]),
      bytes: Buffer.byteLength(rest[i] + rest[i + 1]) + 1,
    })
  return { head: JSON.parse(head), parts, end }
}

async function filled(records) {
  const server = await serve()
  const changes = Array.from({ length: records }, (_, i) => {
    const home = i % 3 ? 'open' : 'closed'
    const value = record(home, 'published', 'ada', { title: `ž${'x'.repeat(3000)}${i}` })
    return { op: 'put', key: onRecord(`r/${(i * 7919) % 10_007} ž`), value }
  })
  const big = {
    op: 'put',
    key: onRecord('big'),
    value: record('open', 'published', 'ada', { title: 'ž'.repeat(200_000) }),
  }
  await server.store.commit([...changes, big], await server.store.revision())
  return server
}

test('parts hold what one message holds: by seal, in the order of keys, within the bound', async () => {
  const { call, device } = await filled(400)
  const ada = device('ada')
  const whole = (await call('ada', 'POST', '/pull', ada.request())).json
  const answer = await call('ada', 'POST', '/pull', ada.request(), LINES)
  assert.equal(answer.headers.get('content-type'), 'application/x-ndjson')
  const { head, parts, end } = read(answer.text)
  const { entries, next, ...rest } = whole
  const { next: also, ...same } = head
  assert.deepEqual(same, rest)
  assert.equal(typeof also, typeof next)
  assert.deepEqual(end, { t: 'end', parts: parts.length })
  assert.ok(parts.length > 6)
  const sorted = (list) => list.map((entry) => JSON.stringify(entry)).sort()
  assert.deepEqual(sorted(parts.flatMap((part) => part.entries)), sorted(entries))
  assert.ok(entries.some(({ seal }) => seal === 'closed') && entries.some(({ seal }) => seal === undefined))
  let last = {}
  for (const { about, entries, bytes } of parts) {
    assert.ok(bytes <= BOUND || entries.length === 1, `${bytes} bytes`)
    assert.ok(entries.every(({ seal }) => seal === about.seal))
    assert.equal(about.keys.length, about.seal === undefined ? 1 : entries.length)
    if (last.seal === about.seal && last.key !== undefined) assert.ok(last.key < about.keys[0])
    last = { seal: about.seal, key: about.keys.at(-1) }
  }
})

test('whoever does not ask for parts gets one message, and a patch is one in any case', async () => {
  const { call, device } = await serve()
  const ben = device('ben')
  for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }]) {
    const answer = await call('ben', 'POST', '/pull', ben.request(), headers)
    assert.equal(answer.headers.get('content-type'), 'application/json')
    assert.equal(answer.json.t, 'reset')
  }
  await ben.pull()
  assert.equal((await call('ben', 'POST', '/pull', ben.request(), LINES)).json.t, 'patch')
})

test('the body is made as it is read: whoever reads no further costs nothing further', async () => {
  const { handler, device } = await filled(2000)
  const body = JSON.stringify(device('ada').request())
  const headers = { ...LINES, 'content-type': 'application/json', 'x-user': 'ada' }
  const response = await handler(new Request('http://localhost/sync/pull', { method: 'POST', headers, body }))
  const reader = response.body.getReader()
  const first = await reader.read()
  assert.equal(JSON.parse(new TextDecoder().decode(first.value)).t, 'reset')
  const second = await reader.read()
  assert.ok(second.value.length <= BOUND)
  await reader.cancel()
})
