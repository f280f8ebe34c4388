// A server that dies before or after any of its writes: what was answered holds, what was sent again is answered with
// the same bytes, nothing is lost and nothing is carried out twice.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edit, onRecord, serve } from './sync/server.mjs'
import { faulty } from './sync/store-faults.mjs'

/** A session of one device, in which every request is sent until it is answered. */
async function session(server) {
  const { device, call } = { device: server.device('root'), call: server.call }
  const verdicts = new Map()
  const heard = []
  server.handler.on('*', ({ name, resource }) => void heard.push(`${name} ${resource.id}`))
  const until = async (send) => {
    for (let tries = 0; tries < 5; tries++) {
      const answer = await send()
      if (answer.status === 200 && answer.json.stop === undefined) return answer
      assert.ok(answer.status >= 500 || answer.json.stop?.code === 'retry_later', answer.text)
    }
    throw new Error('never answered')
  }
  const push = async (...intents) => {
    const { json, text } = await until(() => device.push(...intents))
    for (const verdict of json.verdicts) {
      const known = verdicts.get(verdict.n)
      assert.equal(JSON.stringify(verdict), known ?? JSON.stringify(verdict))
      verdicts.set(verdict.n, JSON.stringify(verdict))
    }
    return text
  }
  await until(() => device.pull())
  const first = [
    device.intent('create', onRecord('a'), { community: 'open', record: { count: 0 } }),
    device.intent('update', onRecord('a'), edit('count', 0, 1)),
    device.intent('publish', onRecord('a')),
    device.intent('update', onRecord('a'), edit('count', 1, 2)),
  ]
  const said = await push(...first)
  await until(() => device.pull())
  await push(
    device.intent('create_community', { relation: 'community', id: 'third' }, { title: 'Third' }),
    device.intent('request-approval', onRecord('a')),
  )
  assert.equal(await push(...first), said.replace(/"lastN":4/, '"lastN":6'))
  await until(() => device.pull())
  await until(() => call('root', 'GET', '/status?device=root-1'))
  return { device, verdicts: [...verdicts.values()], heard }
}

async function outcome(server, { device, verdicts }) {
  const { communities, records } = await server.store.all()
  const fresh = server.device('root', 'root-fresh')
  await fresh.pull()
  assert.equal(device.text(), fresh.text())
  const results = verdicts.map((text) => JSON.parse(text)).map(({ n, idem, r, code }) => [n, idem, r, code ?? ''])
  return JSON.stringify([results.sort(([a], [b]) => a - b), communities, records])
}

let writes = 0
const calm = await serve({ wrap: (store) => faulty(store, () => void (writes += 1)) })
const run = await session(calm)
const total = writes
const expected = await outcome(calm, run)

test('without faults every intent is decided once', () => {
  const results = JSON.parse(expected)[0]
  assert.deepEqual(
    results.map(([n, , r, code]) => `${n} ${code || r}`),
    ['1 accepted', '2 accepted', '3 workflow', '4 accepted', '5 accepted', '6 accepted'],
  )
  assert.ok(run.heard.includes('on-community-request-approve a'))
  assert.ok(total >= 10, `${total} writes`)
})

for (const fate of ['before', 'after']) {
  test(`one fault ${fate} each of the writes`, async (t) => {
    for (let at = 0; at < total; at++) {
      let count = 0
      const server = await serve({ wrap: (store) => faulty(store, () => (count++ === at ? fate : undefined)) })
      const found = await session(server)
      assert.ok(count > at, `write ${at} was reached`)
      assert.equal(await outcome(server, found), expected, `fault ${fate} write ${at}`)
    }
    t.diagnostic(`${total} writes`)
  })
}

test('faults at random', async (t) => {
  let state = 11
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  let faults = 0
  for (let history = 0; history < 25; history++) {
    const plan = () => {
      const roll = random()
      if (roll >= 0.16) return undefined
      faults += 1
      return roll < 0.08 ? 'before' : 'after'
    }
    let isCalm = false
    const server = await serve({ wrap: (store) => faulty(store, () => (isCalm ? undefined : plan())) })
    const found = await session(server)
    isCalm = true
    assert.equal(await outcome(server, found), expected, `history ${history}`)
  }
  assert.ok(faults > 25)
  t.diagnostic(`${faults} faults in 25 histories`)
})

test('logout and housekeeping that break off are taken up again', async () => {
  for (const at of [0, 1]) {
    let count = -1
    const server = await serve({
      wrap: (store) => faulty(store, () => (count >= 0 && count++ === at ? 'after' : undefined)),
    })
    const device = server.device('root')
    await device.pull()
    count = 0
    assert.ok((await server.call('root', 'DELETE', '/device/root-1')).status >= 500)
    count = -1
    await server.handler.housekeeping()
    assert.deepEqual(await server.store.cells('view/root-1/'), [])
    assert.equal((await device.pull()).json.t, 'reset')
    const fresh = server.device('root', 'root-fresh')
    await fresh.pull()
    assert.equal(device.text(), fresh.text())
  }
})
