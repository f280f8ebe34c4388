// Push: each intent is decided once, in its order, by what the server holds; a resend is answered with the same bytes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY, NOW, community, edit, onRecord, record, serve } from './sync/server.mjs'

const put = (key, value) => ({ op: 'put', key, value })
const onCommunity = (id) => ({ relation: 'community', id })
const codes = ({ json }) => json.verdicts.map(({ r, code }) => code ?? r)

async function commit(server, ...changes) {
  await server.store.commit(changes, await server.store.revision())
}

async function stored(server, id) {
  return (await server.store.facts([onRecord(id)])).records[id]
}

async function begin(user = 'ben', options) {
  const server = await serve(options)
  const device = server.device(user)
  await device.pull()
  return { server, device }
}

test('intents are carried out in their order, and the view says so', async () => {
  const { server, device } = await begin('ada')
  const answer = await device.push(
    device.intent('update', onRecord('draft'), edit('title', 'by ben', 'better')),
    device.intent('request-approval', onRecord('draft')),
    device.intent('approve', onRecord('draft')),
    device.intent('create', onRecord('new'), {
      community: 'open',
      record: { title: 'new' },
    }),
  )
  assert.deepEqual(codes(answer), ['accepted', 'accepted', 'accepted', 'accepted'])
  assert.ok(answer.json.verdicts.every(({ sameBase }) => sameBase))
  assert.deepEqual([answer.json.lastN, answer.json.stop], [4, undefined])
  assert.equal((await stored(server, 'draft'))['oarepo:recordStatus'], 'approved')
  const { json } = await device.pull()
  assert.deepEqual(
    json.ops.map(({ k }) => k.id),
    ['draft', 'new'],
  )
  assert.equal(json.lastN, 4)
  assert.deepEqual(json.verdicts, answer.json.verdicts)
  assert.equal(json.next, answer.json.verdicts[3].at)
  assert.equal(server.handler.mismatches(), 0)
})

test('a refusal advances the count, so that nothing jams the queue', async () => {
  const { server, device } = await begin('ben')
  const answer = await device.push(
    device.intent('publish', onRecord('shown'), {}, { predicted: 'deny' }),
    device.intent('update', onRecord('secret'), edit('title', 'x', 'y'), { predicted: 'unknown' }),
    device.intent('update', onRecord('nothing'), edit('title', 'x', 'y'), { predicted: 'unknown' }),
    device.intent('update', onRecord('draft'), edit('title', 'not what it was', 'mine'), { predicted: 'unknown' }),
    device.intent('request-approval', onRecord('draft')),
  )
  assert.deepEqual(codes(answer), ['workflow', 'not_found', 'not_found', 'precondition', 'accepted'])
  assert.equal(answer.json.lastN, 5)
  const [, hidden, absent, conflict] = answer.json.verdicts
  assert.deepEqual(conflict.theirs, [{ path: ['title'], value: 'by ben' }])
  // What is hidden is refused in the words for what does not exist.
  const said = ({ code, message, because }) => JSON.stringify([code, message, because])
  assert.equal(said(hidden), said(absent))
  assert.equal(server.handler.mismatches(), 0)
})

test('a resend is answered with the same bytes and does nothing', async () => {
  const { server, device } = await begin('ben')
  const intents = [
    device.intent('update', onRecord('draft'), edit('title', 'by ben', 'mine')),
    device.intent('approve', onRecord('draft')),
  ]
  const heard = []
  server.handler.on('*', ({ name }) => void heard.push(name))
  const first = await device.push(...intents)
  const revision = await server.store.revision()
  server.clock.now += DAY
  for (let again = 0; again < 3; again++) assert.equal((await device.push(...intents)).text, first.text)
  assert.equal((await device.push(intents[1])).text.includes(JSON.stringify(first.json.verdicts[1])), true)
  assert.equal(await server.store.revision(), revision)
  assert.deepEqual(heard, [])
  const pulled = await device.pull()
  assert.ok(pulled.text.includes(first.text.slice(first.text.indexOf('['), first.text.indexOf(']') + 1)))
})

test('listeners hear what happened once it is written, and once', async () => {
  const { server, device } = await begin('ben')
  const heard = []
  server.handler.on('*', async ({ name, resource }) => {
    heard.push([name, resource.id, (await stored(server, 'draft'))['oarepo:recordStatus']])
  })
  const intent = device.intent('request-approval', onRecord('draft'))
  await device.push(intent)
  await device.push(intent)
  assert.deepEqual(heard, [['on-community-request-approve', 'draft', 'pending-approval']])
})

test('a listener that refuses gives a verdict; one that breaks gives none', async () => {
  const { Problem } = await import('lictor/server')
  const { server, device } = await begin('root')
  let what = () => {
    throw new Problem(409, 'full', 'there are enough communities')
  }
  server.handler.on('before-community-insert', () => what())
  const intent = device.intent('create_community', onCommunity('third'), { title: 'Third' })
  what = () => {
    throw new Error('out of order')
  }
  assert.equal((await device.push(intent)).status, 500)
  assert.equal((await device.pull()).json.lastN, 0)
  what = () => {
    throw new Problem(409, 'full', 'there are enough communities')
  }
  const refused = await device.push(intent)
  assert.deepEqual(codes(refused), ['workflow'])
  assert.equal(refused.json.verdicts[0].message, 'there are enough communities')
  assert.equal(refused.json.lastN, 1)
})

test('order: a gap stops, as does another intent under a number that was decided', async () => {
  const { device } = await begin('ben')
  const [one, two, three] = [1, 2, 3].map(() => device.intent('update', onRecord('shown'), edit('title', 1, 2)))
  assert.deepEqual((await device.push(two)).json, {
    verdicts: [],
    lastN: 0,
    stop: { n: 2, code: 'gap', message: 'the next intent of this device is 1; send that one first' },
  })
  const mixed = await device.push(one, three, two)
  assert.deepEqual([mixed.json.verdicts.length, mixed.json.lastN, mixed.json.stop.code], [1, 1, 'gap'])
  const other = await device.push({ ...one, idem: 'other' }, two)
  assert.deepEqual([other.json.verdicts.length, other.json.lastN, other.json.stop.code], [0, 1, 'idem_mismatch'])
  assert.deepEqual((await device.push(one, two, three)).json.verdicts.length, 3)
})

test('an intent is decided once, whichever device or number sends it', async () => {
  const { server, device } = await begin('ben')
  const make = (from, more) =>
    from.intent('create', onRecord('once'), { community: 'open', record: { title: 'new' } }, more)
  const first = await device.push(make(device, { idem: 'moved' }))
  assert.deepEqual(codes(first), ['accepted'])
  const revision = await server.store.revision()
  const phone = server.device('ben', 'ben-2')
  await phone.pull()
  const second = await phone.push(make(phone, { idem: 'moved' }))
  assert.deepEqual(codes(second), ['accepted'])
  assert.deepEqual([second.json.verdicts[0].n, second.json.lastN], [1, 1])
  const third = await device.push(make(device, { idem: 'moved' }))
  assert.deepEqual(codes(third), ['accepted'])
  assert.equal(third.json.lastN, 2)
  assert.equal(await server.store.revision(), revision)
  // Another user's key of the same name is another key.
  const ada = server.device('ada')
  await ada.pull()
  assert.deepEqual(codes(await ada.push(make(ada, { idem: 'moved', predicted: 'unknown' }))), ['precondition'])
})

test('what rests on a refused intent is refused; what is too old is too', async () => {
  const { server, device } = await begin('ben')
  const answer = await device.push(
    device.intent('approve', onRecord('draft'), {}, { predicted: 'deny' }),
    device.intent('update', onRecord('draft'), edit('title', 'by ben', 'x'), { causes: [1] }),
    device.intent('update', onRecord('draft'), edit('title', 'by ben', 'y'), { causes: [2] }),
    device.intent('update', onRecord('draft'), edit('title', 'by ben', 'z')),
  )
  assert.deepEqual(codes(answer), ['workflow', 'cause_rejected', 'cause_rejected', 'accepted'])
  server.clock.now += 91 * DAY
  const base = device.cookie
  await device.pull()
  const late = await device.push(
    device.intent('update', onRecord('draft'), edit('title', 'z', 'late'), { base }),
    device.intent('update', onRecord('draft'), edit('title', 'z', 'late'), { base: null }),
    // A clock that is years off: what the intent was made on is of today.
    device.intent('update', onRecord('draft'), edit('title', 'z', 'new'), { made: { wall: 0 } }),
    device.intent('update', onRecord('draft'), edit('title', 'new', 'newer'), { made: { wall: NOW * 3 } }),
  )
  assert.deepEqual(codes(late), ['expired', 'expired', 'accepted', 'accepted'])
})

test('what others changed since the device looked is told', async () => {
  const { server, device } = await begin('ben')
  await commit(server, put(onRecord('draft'), record('open', 'editing', 'ben', { note: 'by ada' })))
  const one = await device.push(device.intent('update', onRecord('draft'), edit('title', 'by ben', 'mine')))
  assert.deepEqual(codes(one), ['accepted_changed'])
  assert.equal(one.json.verdicts[0].sameBase, false)
  // Made before it as well, on the device's own change: still on what it had not seen.
  const two = await device.push(device.intent('update', onRecord('draft'), edit('title', 'mine', 'mine too')))
  assert.deepEqual(codes(two), ['accepted_changed'])
  await device.pull()
  const three = await device.push(device.intent('update', onRecord('draft'), edit('title', 'mine too', 'last')))
  assert.deepEqual([codes(three), three.json.verdicts[0].sameBase], [['accepted'], true])
  // A change it has pulled meanwhile, of an intent made before.
  const base = device.cookie
  await commit(server, put(onRecord('draft'), record('open', 'editing', 'ben', { title: 'last', note: 'again' })))
  await device.pull()
  const four = await device.push(device.intent('update', onRecord('draft'), edit('title', 'last', 'end'), { base }))
  assert.deepEqual([codes(four), four.json.verdicts[0].sameBase], [['accepted_changed'], false])
})

test('sameBase holds only where the device saw what was decided on, and differences there are counted', async () => {
  const { server, device } = await begin('ada')
  const same = async (...intents) => (await device.push(...intents)).json.verdicts.map(({ sameBase }) => sameBase)
  const rename = (was, is, more) => device.intent('update', onRecord('draft'), edit('title', was, is), more)
  // A forged base, none, and one of another device say nothing.
  assert.deepEqual(await same(rename('by ben', 'a', { base: 'forged' }), rename('a', 'b', { base: null })), [
    false,
    false,
  ])
  await device.pull()
  assert.deepEqual(await same(rename('b', 'c'), rename('c', 'd')), [true, true])
  // Something else that the user may see changed: its roles.
  await device.pull()
  await commit(server, put({ relation: 'membership', community: 'open', user: 'cleo' }, { role: 'member' }))
  assert.deepEqual(await same(rename('d', 'e')), [false])
  await device.pull()
  // Nothing this user sees changed.
  await commit(server, put(onCommunity('deep'), community('Deep', 'restricted')))
  assert.deepEqual(await same(rename('e', 'f')), [true])
  assert.equal(server.handler.mismatches(), 0)
  await device.pull()
  assert.deepEqual(await same(rename('f', 'g', { predicted: 'deny' }), rename('g', 'h')), [true, false])
  assert.equal(server.handler.mismatches(), 1)
})

test('a device belongs to the user who used it first', async () => {
  const { server, device } = await begin('ben')
  await device.push(device.intent('request-approval', onRecord('draft')))
  const thief = server.device('cleo', 'ben-1')
  assert.deepEqual((await thief.pull()).json, { t: 'auth' })
  const stolen = await thief.push(thief.intent('update', onRecord('shown'), edit('title', 'by ben', 'x')))
  assert.deepEqual([stolen.json.verdicts, stolen.json.lastN, stolen.json.stop.code], [[], 0, 'auth'])
  const forAda = device.intent('approve', onRecord('draft'), {}, { actor: 'ada' })
  const foreign = await device.push(forAda)
  assert.deepEqual([foreign.json.verdicts, foreign.json.lastN, foreign.json.stop.code], [[], 1, 'auth'])
  const bare = server.device('ada', 'ada-9')
  assert.deepEqual(codes(await bare.push(bare.intent('approve', onRecord('draft')))), ['accepted'])
  assert.deepEqual((await server.device('ben', 'ada-9').pull()).json, { t: 'auth' })
})

test('two clients with one device id: one of them is told, nothing is carried out twice', async () => {
  const { server, device } = await begin('ben')
  const twin = server.device('ben', 'ben-1')
  await twin.pull()
  const [a, b] = await Promise.all([
    device.push(device.intent('update', onRecord('draft'), edit('title', 'by ben', 'a'), { idem: 'a' })),
    twin.push(twin.intent('update', onRecord('draft'), edit('title', 'by ben', 'b'), { idem: 'b' })),
  ])
  const outcomes = [a, b].map(({ json }) => json.stop?.code ?? json.verdicts[0].r)
  assert.deepEqual([...outcomes].sort(), ['accepted', 'idem_mismatch'])
  assert.equal((await stored(server, 'draft')).title, outcomes[0] === 'accepted' ? 'a' : 'b')
})

test('many devices push at once: nothing is lost or doubled', async () => {
  const { server } = await begin()
  const devices = Array.from({ length: 40 }, (_, i) => server.device('ben', `d${i}`))
  const answers = await Promise.all(
    devices.map(async (device, i) => {
      await device.pull()
      return device.push(
        ...[0, 1, 2].map((k) => {
          const document = { k }
          return device.intent('create', onRecord(`made-${i}-${k}`), { community: 'open', record: document })
        }),
      )
    }),
  )
  assert.ok(answers.every(({ json }) => json.lastN === 3 && json.stop === undefined))
  assert.ok(answers.every((answer) => codes(answer).join() === 'accepted,accepted,accepted'))
  const { records } = await server.store.all()
  assert.equal(Object.keys(records).filter((id) => id.startsWith('made-')).length, 120)
})

test('others that write between: decided anew, and after three times a stop', async () => {
  let busy = 0
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (name !== 'write') return typeof value === 'function' ? value.bind(target) : value
        return async (write) => {
          if (write.changes && busy-- > 0)
            await target.commit(
              [put(onRecord('other'), record('closed', 'editing', 'ada', { busy }))],
              await target.revision(),
            )
          return target.write(write)
        }
      },
    })
  const { server, device } = await begin('ben', { wrap })
  busy = 2
  const intent = device.intent('update', onRecord('draft'), edit('title', 'by ben', 'x'))
  assert.deepEqual(codes(await device.push(intent)), ['accepted'])
  busy = 3
  const next = device.intent('update', onRecord('draft'), edit('title', 'x', 'y'))
  const stopped = await device.push(next)
  assert.deepEqual([stopped.status, stopped.json.stop.code, stopped.json.lastN], [200, 'retry_later', 1])
  assert.deepEqual(codes(await device.push(next)), ['accepted'])
  assert.deepEqual(server.errors, [])
})

test('an intent that reaches two nodes at once has one verdict', async () => {
  const { server, device } = await begin('ben')
  // The other node's clock differs, so whatever it says by itself differs too.
  const other = await serve({ store: server.store, clock: { now: NOW + 1000 } })
  const twin = other.device('ben', 'ben-1')
  for (const action of ['publish', 'request-approval', 'approve']) {
    const intent = device.intent(action, onRecord('draft'), {}, { predicted: 'unknown' })
    const [here, there] = await Promise.all([device.push(intent), twin.push(intent)])
    assert.equal(here.json.verdicts.length, 1)
    assert.equal(here.text, there.text)
  }
  // Another intent under the same number: one of the two stands.
  const intent = device.intent('publish', onRecord('draft'), {}, { predicted: 'deny' })
  const both = await Promise.all([device.push(intent), twin.push({ ...intent, idem: 'another' })])
  assert.deepEqual(both.map(({ json }) => json.stop?.code ?? codes({ json })[0]).sort(), ['idem_mismatch', 'workflow'])
  assert.deepEqual([...server.errors, ...other.errors], [])
})

test('what is decided while a pull is answered is in the answer, or not at all', async () => {
  let between = async () => {}
  const wrap = (store) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (name !== 'revision') return typeof value === 'function' ? value.bind(target) : value
        return async () => {
          const work = between
          between = async () => {}
          await work()
          return target.revision()
        }
      },
    })
  const { server, device } = await begin('ben', { wrap })
  const other = await serve({ store: server.store, clock: server.clock })
  const twin = other.device('ben', 'ben-1')
  for (const [action, result] of [
    ['publish', 'workflow'],
    ['request-approval', 'accepted'],
  ]) {
    const intent = device.intent(action, onRecord('draft'))
    between = async () => assert.deepEqual(codes(await twin.push(intent)), [result])
    const { json } = await device.pull()
    assert.deepEqual([json.lastN, json.verdicts.at(-1).n], [intent.n, intent.n])
  }
  assert.equal(device.record('draft').v['oarepo:recordStatus'], 'pending-approval')
})

test('what a user makes of communities comes into its view with it', async () => {
  const { server, device } = await begin('root')
  const answer = await device.push(
    device.intent('create_community', onCommunity('third'), { title: 'Third' }),
    device.intent('deny', onCommunity('third'), { role: 'member', actions: ['create'] }),
  )
  assert.deepEqual(codes(answer), ['accepted', 'accepted'])
  assert.deepEqual(
    answer.json.verdicts.map(({ sameBase }) => sameBase),
    [true, true],
  )
  await device.pull()
  const fresh = server.device('root', 'root-2')
  await fresh.pull()
  assert.equal(device.text(), fresh.text())
  assert.ok(device.text().includes('Third'))
})

test('a record outside of what a device holds does not come to it', async () => {
  const server = await serve()
  const ada = server.device('ada')
  ada.subs = [{ community: 'closed' }]
  await ada.pull()
  const made = { community: 'open', record: { title: 'far' } }
  assert.deepEqual(codes(await ada.push(ada.intent('create', onRecord('far'), made))), ['accepted'])
  assert.deepEqual((await ada.pull()).json.ops, [])
  assert.ok(await stored(server, 'far'))
})

test('under another policy than the device had', async () => {
  const { createEngine } = await import('lictor')
  const { server, device } = await begin('ben')
  const base = device.cookie
  const engine = await createEngine({
    policy: 'oarepo',
    changes: { rules: { update: { any: null, state: ['published'] } } },
  })
  const later = await serve({ engine, store: server.store, clock: server.clock })
  // It has the bundle it had.
  const moved = Object.assign(later.device('ben', 'ben-1'), { bundle: device.bundle })
  const refused = await moved.push(
    moved.intent('update', onRecord('draft'), edit('title', 'by ben', 'x'), { base, idem: 'p' }),
  )
  assert.deepEqual(codes(refused), ['policy_changed'])
  assert.equal(refused.json.verdicts[0].sameBase, false)
  assert.equal((await moved.pull()).json.t, 'bundle_required')
  assert.equal(later.handler.mismatches(), 0)
})
