// A whole view that comes in parts, against a server that stops in the middle, lies, or is slow: what there was stays
// until all of it is there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openClient, openMemoryDisk, MemoryMedium } from 'lictor/client'
import { documentIn, engine } from './support/open.mjs'
import { createServerWith } from './support/real-server.mjs'
import { until } from './support/world.mjs'

/** Time passes quicker here, and what is still waited for keeps no process. */
function soon(work, ms) {
  const handle = setTimeout(work, ms / 100).unref()
  return () => clearTimeout(handle)
}

/** A client of the user who curates both communities; `spoil(text)` is what arrives of a view in parts. */
async function opened({ spoil = (text) => text, medium = new MemoryMedium(), ...options } = {}) {
  const server = await createServerWith()
  const { fetch } = server.of('4')
  let whole = 0
  const client = await openClient({
    engine,
    url: 'http://server/sync',
    user: { type: 'user', id: '4' },
    feed: false,
    disk: () => openMemoryDisk({ medium, user: '4' }),
    schedule: soon,
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      if (response.headers.get('content-type') !== 'application/x-ndjson') return response
      whole += 1
      const { status, headers } = response
      return new Response(spoil(await response.text(), whole), { status, headers })
    },
    ...options,
  })
  const close = async () => {
    await client.close()
    await server.close()
  }
  return { client, server, medium, close, asked: () => whole }
}

const title = (client, id) => client.record(id)?.value.title
const isThere = (client) => title(client, 'r1') === 'first' && title(client, 's1') === 'hidden words'

test('a view comes in parts, is on the disk under its keys, and answers after a restart', async () => {
  const { client, medium, close } = await opened()
  await until(() => isThere(client))
  const blocks = [...medium.rows()].filter(({ table }) => table === 'blocks').map(({ value }) => value)
  const text = blocks.map(({ bytes }) => new TextDecoder('latin1').decode(bytes)).join('\n')
  assert.ok(text.includes('first') && !text.includes('hidden words'))
  await close()
  const again = await openClient({
    engine,
    url: 'http://server/sync',
    user: { type: 'user', id: '4' },
    feed: false,
    disk: () => openMemoryDisk({ medium, user: '4' }),
    schedule: soon,
    fetch: async () => {
      throw new TypeError('no network')
    },
  })
  assert.deepEqual([title(again, 'r1'), title(again, 's1')], ['first', undefined])
  assert.deepEqual(again.status().locked, ['secret'])
  await again.close()
})

const WRONG = {
  'it breaks off between parts': (text) => text.split('\n').slice(0, 3).join('\n') + '\n',
  'it breaks off within one': (text) => text.slice(0, text.length / 2),
  'its end is missing': (text) => text.replace(/\{"t":"end".*\n$/, ''),
  'a part is missing': (text) =>
    text
      .split('\n')
      .filter((_, i) => i !== 1 && i !== 2)
      .join('\n'),
  'it is no view': () => '{"t":"patch"}\n',
  'its head is not JSON': (text) => `<${text}`,
  'a part is no list of entries': (text) => text.replace(/\n\[\{/, '\n[{"x":1},{'),
  'a part is not even text': (text) => text.replace(/\n\[\{/, '\n[\u0000{'),
}
for (const [what, spoil] of Object.entries(WRONG)) {
  test(`${what}: nothing of it is shown, what the user wrote is not touched, and it is asked for again`, async () => {
    const held = []
    const medium = new MemoryMedium()
    const { client, close, asked } = await opened({
      medium,
      spoil: (text, times) => {
        held.push([...medium.rows()].some(({ part, key }) => part === 'view' && key === 'head'))
        return times <= 2 ? spoil(text) : text
      },
    })
    await until(() => asked() >= 3 && isThere(client) && client.status().sync === 'idle')
    assert.deepEqual(held.slice(0, 3), [false, false, false], 'no view on the disk before all of it is there')
    await close()
  })
}

test('a disk that is full or goes away meanwhile: the view is there in memory all the same', async () => {
  const medium = new MemoryMedium({ quota: 1500 })
  const { client, close } = await opened({ medium })
  await until(() => isThere(client) && client.status().storage === 'quota')
  await close()
})

test('what is slow is waited for as long as something comes: the patience begins anew with each piece', async () => {
  const PATIENCE = 77_777
  let begun = 0
  let pieces = 0
  const { client, close } = await opened({
    patience: PATIENCE,
    schedule: (work, ms) => {
      if (ms === PATIENCE) begun += 1
      return soon(work, ms * 10)
    },
    spoil: (text) => {
      const bytes = new TextEncoder().encode(text)
      return new ReadableStream({
        pull(controller) {
          if (pieces * 400 >= bytes.length) return controller.close()
          controller.enqueue(bytes.slice(pieces * 400, (pieces + 1) * 400))
          pieces += 1
        },
      })
    },
  })
  await until(() => isThere(client))
  assert.ok(pieces > 3 && begun >= pieces, `${begun} times for ${pieces} pieces`)
  await close()
})

test('while it comes the user works on', async () => {
  let go
  const gate = new Promise((resolve) => (go = resolve))
  const { client, close } = await opened({
    spoil: (text) =>
      new ReadableStream({
        async start(controller) {
          const half = Math.floor(text.length / 2)
          controller.enqueue(new TextEncoder().encode(text.slice(0, half)))
          await gate
          controller.enqueue(new TextEncoder().encode(text.slice(half)))
          controller.close()
        },
      }),
  })
  const record = documentIn('c', { title: 'made meanwhile' })
  await client.do({ action: 'create', target: { relation: 'record', id: 'new-1' }, args: { community: 'c', record } })
  assert.equal(client.status().undecided, 1)
  go()
  await until(() => isThere(client) && client.status().undecided === 0)
  assert.notEqual(client.outbox()[0].verdict, undefined)
  await close()
})
