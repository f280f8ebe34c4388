// The feed and its fallback: a device hears that its own view moved, and nothing of anything else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { community, edit, onRecord, record, serve } from './sync/server.mjs'

const put = (key, value) => ({ op: 'put', key, value })
const onCommunity = (id) => ({ relation: 'community', id })

async function commit(server, ...changes) {
  await server.store.commit(changes, await server.store.revision())
}

/** Lines of a feed as they come. */
async function listen(server, device) {
  const { status, headers, response, text } = await server.call(device.user, 'GET', `/events?device=${device.id}`)
  assert.equal(status, 200, text)
  assert.equal(headers.get('content-type'), 'text/event-stream')
  assert.equal(headers.get('cache-control'), 'no-store')
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  const heard = []
  let isOpen = true
  const wake = new EventTarget()
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      rest += decoder.decode(value, { stream: true })
      const parts = rest.split('\n\n')
      rest = parts.pop()
      heard.push(...parts)
      wake.dispatchEvent(new Event('heard'))
    }
    isOpen = false
    wake.dispatchEvent(new Event('heard'))
  })()
  const until = async (holds) => {
    while (!holds()) await new Promise((resolve) => wake.addEventListener('heard', resolve, { once: true }))
  }
  return {
    heard,
    revs: () => heard.filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6)).rev),
    next: async (count) => until(() => heard.filter((line) => line.startsWith('data: ')).length >= count),
    beats: async (count) => until(() => heard.filter((line) => line === ':').length >= count),
    ended: () => until(() => !isOpen),
    stop: async () => {
      await reader.cancel()
      await reading
    },
  }
}

async function connected(sync = {}) {
  const server = await serve({ sync: { debounce: 5, ...sync } })
  const devices = [server.device('ben'), server.device('cleo')]
  for (const device of devices) await device.pull()
  return { server, devices }
}

test('a device hears where its view stands, and that it moved', async () => {
  const { server, devices } = await connected()
  const [ben, cleo] = devices
  const [one, two] = [await listen(server, ben), await listen(server, cleo)]
  await one.next(1)
  await two.next(1)
  // Only ben sees his draft; both see what is published; nobody sees what is closed.
  await commit(server, put(onRecord('draft'), record('open', 'editing', 'ben', { note: 1 })))
  await one.next(2)
  await commit(server, put(onCommunity('deep'), community('Deep', 'restricted')))
  await commit(server, put(onRecord('secret'), record('closed', 'editing', 'ada', { note: 1 })))
  await commit(server, put(onRecord('shown'), record('open', 'published', 'ben', { note: 2 })))
  await one.next(3)
  await two.next(2)
  assert.deepEqual(one.heard, ['data: {"rev":1}', 'data: {"rev":2}', 'data: {"rev":3}'])
  assert.deepEqual(two.heard, ['data: {"rev":1}', 'data: {"rev":2}'])
  for (const device of devices) {
    const { json } = await server.call(device.user, 'GET', `/status?device=${device.id}`)
    assert.deepEqual(json, { rev: device === ben ? 3 : 2 })
  }
  await one.stop()
  await two.stop()
  await server.handler.close()
  assert.deepEqual(server.errors, [])
})

test('many commits are one look, and hidden ones are silence', async () => {
  const { server, devices } = await connected()
  const feed = await listen(server, devices[1])
  await feed.next(1)
  for (let i = 0; i < 20; i++) {
    await commit(server, put(onRecord(`h${i}`), record('closed', 'editing', 'ada')))
    await wait(2)
  }
  await commit(server, put(onRecord('new'), record('open', 'published', 'ben')))
  await feed.next(2)
  // What came last is the first thing heard: the twenty before it were nothing.
  assert.deepEqual(feed.heard, ['data: {"rev":1}', 'data: {"rev":2}'])
  await feed.stop()
  await server.handler.close()
})

test('what a push or a pull moved is told at once', async () => {
  const { server, devices } = await connected({ debounce: 60_000 })
  const [ben] = devices
  const feed = await listen(server, ben)
  await ben.push(ben.intent('update', onRecord('draft'), edit('title', 'by ben', 'x')))
  await feed.next(2)
  await ben.pull({ subs: [{ community: 'closed' }] })
  await feed.next(3)
  assert.deepEqual(feed.revs(), [1, 2, 3])
  await server.handler.close()
  await feed.ended()
})

test('a heartbeat says that the connection lives, and what another process moved', async () => {
  const { server, devices } = await connected({ heartbeat: 10, debounce: 60_000 })
  const other = await serve({ store: server.store, clock: server.clock })
  const feed = await listen(server, devices[0])
  const away = other.device('ben', 'ben-1')
  await away.push(away.intent('request-approval', onRecord('draft')))
  await feed.next(2)
  await feed.beats(3)
  assert.deepEqual(feed.revs(), [1, 2])
  await feed.stop()
  await server.handler.close()
  await other.handler.close()
})

test('connections are limited, end, and make room', async () => {
  const { server, devices } = await connected({ connectionsOfUser: 2, connections: 3 })
  const [ben, cleo] = devices
  const feeds = [await listen(server, ben), await listen(server, ben)]
  const full = await server.call('ben', 'GET', '/events?device=ben-1')
  assert.deepEqual([full.status, full.json.code], [429, 'too_many_connections'])
  assert.equal(full.headers.get('retry-after'), '30')
  feeds.push(await listen(server, cleo))
  const ada = server.device('ada')
  await ada.pull()
  assert.equal((await server.call('ada', 'GET', '/events?device=ada-1')).status, 503)
  await feeds[0].stop()
  const again = await listen(server, ben)
  assert.deepEqual((await server.call('ada', 'GET', '/status?device=ada-1')).json, { rev: 1 })
  await server.handler.close()
  for (const feed of [...feeds.slice(1), again]) await feed.ended()
})

test('a connection lasts only so long, so that whoever lost access is asked again', async () => {
  const { server, devices } = await connected({ connection: 20 })
  const feed = await listen(server, devices[0])
  await feed.ended()
  assert.deepEqual(feed.revs(), [1])
  await server.handler.close()
})

test('nobody listens to the device of another', async () => {
  const { server } = await connected()
  assert.equal((await server.call('cleo', 'GET', '/events?device=ben-1')).status, 404)
  assert.equal((await server.call(null, 'GET', '/events?device=ben-1')).status, 401)
  await server.handler.close()
})
