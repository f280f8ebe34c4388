// A server that looks only at what changed says what one that looks at everything says, byte for byte: two servers are
// given the same history, and one of them is not told what changed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryStore } from 'lictor/store'
import { engine, list, onList } from './sync/lists.mjs'
import { community, edit, NOW, onRecord, record, serve, world } from './sync/server.mjs'

/** Numbers below a bound, from a seed. */
function chance(seed) {
  let state = seed >>> 0
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

const PEOPLE = ['ada', 'ben', 'cleo', 'root']
const STATES = ['editing', 'pending-approval', 'approved', 'published', 'unknown to the policy']

async function twin(changed) {
  const clock = { now: NOW }
  const counts = { list: 0 }
  const inner = await openMemoryStore(world(), { columns: engine, now: () => clock.now })
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'list') counts.list += 1
        if (name === 'changed' && changed !== undefined) return changed
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  const server = await serve({ engine, store: inner, wrap, clock })
  const devices = PEOPLE.flatMap((user) => [server.device(user, `${user}-1`), server.device(user, `${user}-2`)])
  devices.forEach((device, i) => (device.subs = [['everywhere'], ['mine'], [{ community: 'open' }]][i % 3]))
  return { ...server, counts, devices }
}

/** One change as somebody else makes it: mostly of records. */
function step(next) {
  const pick = (list) => list[next(list.length)]
  const id = pick(['draft', 'shown', 'secret', 'r1', 'r2', 'ř/3'])
  const home = pick(['open', 'closed', 'third'])
  const more = next(3) ? {} : { 'oarepo:secondaryCommunities': [pick(['open', 'closed', 'third'])] }
  const key = onRecord(id)
  switch (next(14)) {
    case 0:
      return {
        op: 'put',
        key: { relation: 'membership', community: home, user: pick(PEOPLE) },
        value: { role: 'member' },
      }
    case 1:
      return { op: 'del', key: { relation: 'membership', community: home, user: pick(PEOPLE) } }
    case 2:
      return {
        op: 'put',
        key: { relation: 'community', id: home },
        value: community(`Title ${next(3)}`, pick(['public', 'restricted'])),
      }
    case 3:
      return { op: 'put', key: { relation: 'user', id: pick([...PEOPLE, 'new']) }, value: { roles: [] } }
    case 12:
      return { op: 'del', key: onList(`list${next(3)}`) }
    case 13: {
      const more = {
        ...(next(2) && { title: `t${next(4)}` }),
        ...(next(3) === 0 && { effect: 'deny' }),
        priority: next(2),
      }
      return { op: 'put', key: onList(`list${next(3)}`), value: list(pick(['read', 'update']), [pick(PEOPLE)], more) }
    }
    case 4:
    case 5:
      return { op: 'del', key }
    default:
      return { op: 'put', key, value: record(home, pick(STATES), pick(PEOPLE), { title: `t${next(4)}`, ...more }) }
  }
}

/** What an answer says, without what is a token's own (another store signs otherwise). */
function said({ json }) {
  const { next, base, keys, verdicts, ...rest } = json
  const claims = JSON.parse(Buffer.from(next.split('.')[0], 'base64url'))
  return JSON.stringify([claims[3], Object.keys(keys), verdicts.map(({ at: _, ...verdict }) => verdict), rest])
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`history ${seed}: following says what looking at everything says, and what a fresh device is told`, async () => {
    const twins = [await twin(), await twin(async () => null)]
    const next = chance(seed)
    let compared = 0
    for (let round = 0; round < 60; round++) {
      const changes = Array.from({ length: 1 + next(3) }, () => step(next))
      for (const { store } of twins) await store.commit(changes, await store.revision())
      const at = next(8)
      const act = next(4)
      const answers = []
      for (const { devices, call } of twins) {
        const device = devices[at]
        if (act === 0 && device.cookie !== null) {
          // The feed looks without telling what changed.
          answers.push((await call(device.user, 'GET', `/status?device=${device.id}`)).text)
        } else if (act === 1 && device.cookie !== null) {
          const title = device.record('draft')?.v.title
          const intent = device.intent('update', onRecord('draft'), edit('title', title, `by ${device.id} ${round}`))
          const { verdicts } = (await device.push(intent)).json
          answers.push(JSON.stringify(verdicts.map(({ at: _, ...verdict }) => verdict)))
        } else {
          answers.push(said(await device.pull()))
          const probe = (
            await device.call(device.user, 'POST', '/pull', { ...device.request(), device: `p${round}`, cookie: null })
          ).json
          const whole = new Map(probe.entries.map((entry) => [JSON.stringify(entry.k), entry]))
          assert.deepEqual([...device.view].sort(), [...whole].sort())
          compared += 1
        }
      }
      assert.equal(answers[0], answers[1], `round ${round}`)
    }
    assert.ok(compared > 20)
    for (const { errors } of twins) assert.deepEqual(errors, [])
  })
}

test('after a change of one record no list is asked for, and of a record nobody sees nothing is told', async () => {
  const server = await twin()
  const [, , ben] = server.devices
  ben.subs = ['everywhere']
  await ben.pull()
  const write = async (changes) => server.store.commit(changes, await server.store.revision())
  const put = (id, value) => ({ op: 'put', key: onRecord(id), value })
  server.counts.list = 0
  await write([put('shown', record('open', 'published', 'ben', { title: 'now' }))])
  const moved = await ben.pull()
  assert.deepEqual(
    moved.json.ops.map(({ op, k, v }) => [op, k.id, v.title]),
    [['put', 'shown', 'now']],
  )
  // What ben may not see, people who are not with him, and nothing at all.
  const cookie = ben.cookie
  await write([put('secret', record('closed', 'editing', 'ada', { title: 'now' }))])
  await write([{ op: 'put', key: { relation: 'user', id: 'dora' }, value: { roles: [] } }])
  await write([
    { op: 'put', key: { relation: 'membership', community: 'closed', user: 'dora' }, value: { role: 'member' } },
  ])
  await write([])
  const still = await ben.pull()
  assert.deepEqual([still.json.t, still.json.ops, still.json.base], ['patch', [], cookie])
  assert.equal(server.counts.list, 0)
  // A community is part of what records are seen by.
  await write([{ op: 'put', key: { relation: 'community', id: 'third' }, value: community('Third') }])
  assert.deepEqual(
    (await ben.pull()).json.ops.map(({ k }) => k.id),
    ['third'],
  )
  assert.ok(server.counts.list > 0)
})

test('a view that would grow too large is refused, however it grows', async () => {
  const server = await serve({ sync: { entries: 12 } })
  const ben = server.device('ben')
  await ben.pull()
  let status = 200
  let count = 0
  for (; status === 200 && count < 20; count++) {
    const change = { op: 'put', key: onRecord(`more-${count}`), value: record('open', 'published', 'ben') }
    await server.store.commit([change], await server.store.revision())
    ;({ status } = await ben.pull())
  }
  assert.equal(status, 413)
  assert.equal(ben.view.size, 12)
})
