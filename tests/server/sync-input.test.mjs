// Bad input: a clear answer, nothing lost, nothing carried out twice. Envelopes that are no envelopes are problems;
// what a sound envelope holds gets a verdict, so that it does not stand in the way of what is behind it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edit, onRecord, serve } from './sync/server.mjs'

const codes = ({ json }) => json.verdicts.map(({ r, code }) => code ?? r)

async function begin(user = 'ben') {
  const server = await serve()
  const device = server.device(user)
  await device.pull()
  return { server, device }
}

/** Copies of a message with one part replaced by each of some values. */
function* mutations(message, path) {
  const values = [undefined, null, true, -1, 0.5, 1e300, '', 'x', 'x'.repeat(5000), '\u0000', [], [[]], {}, { v: 1 }]
  for (const value of values) {
    const copy = structuredClone(message)
    const place = path.slice(0, -1).reduce((at, key) => at[key], copy)
    if (value === undefined) delete place[path.at(-1)]
    else place[path.at(-1)] = value
    yield copy
  }
}

test('a pull that is none is a problem that names the place', async () => {
  const { server, device } = await begin()
  const before = await server.store.cells('')
  for (const path of [
    ['v'],
    ['device'],
    ['cookie'],
    ['subs'],
    ['have'],
    ['have', 'bundle'],
    ['have', 'schema'],
    ['ackVerdicts'],
  ]) {
    for (const message of mutations(device.request(), path)) {
      const answer = await server.call('ben', 'POST', '/pull', message)
      if (answer.status === 200) continue
      assert.equal(answer.status, 400, JSON.stringify(message).slice(0, 200))
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
      assert.ok(answer.json.path.startsWith('body'), answer.text)
    }
  }
  for (const subs of [
    ['all'],
    [{ community: '' }],
    [{ community: 7 }],
    [{ community: 'a\u0085' }],
    [{}],
    Array(101).fill('mine'),
    'mine',
    [null],
  ]) {
    const answer = await server.call('ben', 'POST', '/pull', device.request({ subs }))
    assert.deepEqual([answer.status, answer.json.code], [400, 'malformed'], JSON.stringify(subs).slice(0, 80))
  }
  assert.deepEqual((await server.call('ben', 'POST', '/pull', { v: 0 })).json, { t: 'client_too_old', min: 1 })
  assert.equal((await server.call('ben', 'POST', '/pull', device.request({ v: 2 }))).status, 400)
  assert.deepEqual(server.errors, [])
  const kept = before.filter(({ key }) => key !== 'device/ben-1')
  const after = new Map((await server.store.cells('')).map(({ key, text }) => [key, text]))
  assert.deepEqual(
    kept.filter(({ key, text }) => after.get(key) !== text && !key.startsWith('view/') && !key.startsWith('proofs/')),
    [],
  )
})

test('an id that nothing can have is refused with a verdict, and those behind it go on', async () => {
  const { server, device } = await begin()
  const targets = [
    { relation: 'community', id: 'a\u0085' },
    { relation: 'record', id: '\u0000' },
    { relation: 'membership', community: 'open', user: '\u007f' },
  ]
  const answer = await device.push(...targets.map((target) => device.intent('create', target)))
  assert.deepEqual(
    answer.json.verdicts.map(({ code }) => code),
    ['validation', 'validation', 'validation'],
  )
  assert.deepEqual(server.errors, [])
})

test('bodies that are no messages', async () => {
  const { server, device } = await begin()
  const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels)
  const bodies = [
    '',
    '{',
    'null',
    '[]',
    '7',
    '"x"',
    '{"v":1',
    '\ufeff{}',
    deep(200),
    deep(200_000),
    '{"v":1,"v":"\\ud800"}',
  ]
  for (const path of ['/pull', '/push']) {
    for (const body of bodies) {
      const answer = await server.call('ben', 'POST', path, body)
      assert.equal(answer.status, 400, `${path} ${body.slice(0, 40)}`)
      assert.ok(answer.json.detail.length > 5)
    }
    assert.equal((await server.call('ben', 'POST', path, '{}', { 'content-type': 'text/plain' })).status, 415)
    assert.equal((await server.call('ben', 'POST', path, `"${'x'.repeat(9_000_000)}"`)).status, 413)
    assert.equal((await server.call(null, 'POST', path, device.request())).status, 401)
  }
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['GET', '/status?device=no-such'],
    ['GET', '/events?device=no-such'],
    ['DELETE', '/device/no-such'],
  ])
    assert.equal((await server.call('ben', method, path)).status, 404, path)
  for (const [method, path, allow] of [
    ['GET', '/pull', 'POST, OPTIONS'],
    ['PUT', '/push', 'POST, OPTIONS'],
    ['POST', '/status', 'GET, HEAD, OPTIONS'],
    // A stream of events that nobody reads would stay open.
    ['HEAD', '/events', 'GET, OPTIONS'],
  ]) {
    const answer = await server.call('ben', method, path)
    assert.deepEqual([answer.status, answer.headers.get('allow')], [405, allow], path)
  }
  for (const path of ['/status', '/status?device=', '/events?device=a/b', `/status?device=${'x'.repeat(65)}`])
    assert.equal((await server.call('ben', 'GET', path)).status, 400, path)
  // Another user's device is as one that is not there.
  const absent = await server.call('ada', 'GET', '/status?device=no-such')
  assert.equal((await server.call('ada', 'GET', '/status?device=ben-1')).text, absent.text)
  assert.deepEqual(server.errors, [])
})

test('an envelope that is none is a problem, and nothing of the batch is looked at', async () => {
  const { server, device } = await begin()
  const good = device.intent('request-approval', onRecord('draft'))
  const message = { v: 1, device: device.id, intents: [good] }
  const revision = await server.store.revision()
  const parts = ['n', 'idem', 'actor', 'action', 'target', 'args', 'base', 'predicted', 'causes', 'made']
  const paths = [['v'], ['device'], ['intents'], ['intents', 0], ...parts.map((part) => ['intents', 0, part])]
  let problems = 0
  for (const path of paths) {
    for (const bad of mutations(message, path)) {
      if (Array.isArray(bad.intents)) bad.intents.unshift(...(bad.intents.length > 0 ? [{ ...good, n: 7 }] : []))
      const answer = await server.call('ben', 'POST', '/push', bad)
      if (answer.status === 200) continue
      problems += 1
      assert.equal(answer.status, 400, JSON.stringify(bad).slice(0, 200))
      assert.ok(answer.json.path.startsWith('body'), answer.text)
    }
  }
  assert.ok(problems > 100)
  const many = Array.from({ length: 101 }, (_, i) => ({ ...good, n: i + 1, idem: `i${i}` }))
  const answer = await server.call('ben', 'POST', '/push', { ...message, intents: many })
  assert.deepEqual([answer.status, answer.json.code], [413, 'too_many'])
  assert.equal(await server.store.revision(), revision)
  assert.equal((await device.pull()).json.lastN, 0)
  assert.deepEqual(codes(await device.push(good)), ['accepted'])
  assert.deepEqual(server.errors, [])
})

test('unknown actions, targets and fields in a sound envelope get a verdict', async () => {
  const { server, device } = await begin('root')
  const deep = (levels) => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels))
  const make = { community: 'open', record: { title: 'x' } }
  const bad = [
    ['fly', { relation: 'community', id: 'open' }, {}],
    ['update', { relation: 'planet', id: 'mars' }, edit('title', 1, 2)],
    ['update', {}, edit('title', 1, 2)],
    ['update', onRecord(''), edit('title', 1, 2)],
    ['update', onRecord('x'.repeat(5000)), edit('title', 1, 2)],
    ['update', onRecord('draft'), {}],
    ['update', onRecord('draft'), { set: 'all' }],
    ['update', onRecord('draft'), { set: [{ path: '', value: 1 }] }],
    ['update', onRecord('draft'), { set: [{ path: 'title' }] }],
    ['update', onRecord('draft'), { ...edit('title', 'by ben', 'x'), more: 1 }],
    ['update', onRecord('draft'), { set: [{ path: 'title', was: 'by ben', value: deep(60) }] }],
    ['update', onRecord('draft'), { set: [{ path: 'title', was: 'by ben', value: 'x'.repeat(1_100_000) }] }],
    ['create', onRecord('made'), { ...make, record: { ...make.record, body: 'é'.repeat(600_000) } }],
    ['create', onRecord('made'), { ...make, record: 'text' }],
    ['create', onRecord('made'), { ...make, type: 'planet' }],
    ['create', onRecord('__proto__'), make],
    ['create', { relation: 'user', id: 'x' }, make],
    ['create_community', { relation: 'community', id: 'a:b' }, { title: 'x' }],
    ['allow', { relation: 'community', id: 'open' }, { role: 'king', actions: ['read'] }],
    ['allow', { relation: 'community', id: 'open' }, { role: 'member', actions: ['fly'] }],
  ]
  const revision = await server.store.revision()
  for (const [action, target, args] of bad) {
    const intent = device.intent(action, target, args, { predicted: 'unknown' })
    const answer = await device.push(intent)
    assert.equal(answer.status, 200, answer.text.slice(0, 200))
    assert.deepEqual(codes(answer), ['validation'], `${action} ${JSON.stringify(args).slice(0, 80)} ${answer.text}`)
    assert.equal(answer.json.lastN, intent.n)
    assert.ok(answer.json.verdicts[0].message.length > 5)
    assert.equal((await device.push(intent)).text, answer.text)
  }
  assert.equal(await server.store.revision(), revision)
  const good = device.intent('update', onRecord('draft'), edit('title', 'by ben', 'fine'))
  assert.deepEqual(codes(await device.push(good)), ['accepted'])
  assert.deepEqual(server.errors, [])
})

test('reordered and replayed messages change nothing twice', async () => {
  const { server, device } = await begin('ben')
  const titles = ['by ben', ...Array.from({ length: 8 }, (_, i) => `t${i}`)]
  const intents = titles
    .slice(1)
    .map((title, i) => device.intent('update', onRecord('draft'), edit('title', titles[i], title)))
  const batches = [intents.slice(0, 3), intents.slice(2, 6), intents.slice(5), [...intents].reverse(), intents]
  const verdicts = new Map()
  let last = 0
  for (const batch of [2, 0, 1, 3, 0, 2, 4, 1, 3, 4].map((i) => batches[i])) {
    const { json } = await device.push(...batch)
    assert.ok(json.lastN >= last)
    last = json.lastN
    for (const verdict of json.verdicts) {
      const text = JSON.stringify(verdict)
      assert.equal(verdicts.get(verdict.n) ?? text, text)
      verdicts.set(verdict.n, text)
    }
  }
  assert.equal(last, 8)
  assert.equal((await server.store.facts([onRecord('draft')])).records.draft.title, 't7')
  assert.ok([...verdicts.values()].every((text) => JSON.parse(text).r === 'accepted'))
})

test('keys of every length and alphabet find their way', async () => {
  const { server, device } = await begin('ben')
  const ids = ['constructor', 'a/b', '%2F', 'č'.repeat(120), '漢字'.repeat(40), ' ', '~', 'x'.repeat(255)]
  for (const id of ids) {
    const intent = device.intent('create', onRecord(id), { community: 'open', record: { title: id } })
    assert.deepEqual(
      codes(await device.push({ ...intent, idem: `~!/%${'i'.repeat(120)}${intent.n}` })),
      ['accepted'],
      id,
    )
  }
  await device.pull()
  for (const id of ids) assert.equal(device.record(id)?.v.title, id)
  await server.store.commit(
    ids.map((id) => ({ op: 'del', key: onRecord(id) })),
    await server.store.revision(),
  )
  const { json } = await device.pull()
  assert.deepEqual(json.ops.map(({ op, k }) => `${op} ${k.id}`).sort(), ids.map((id) => `del ${id}`).sort())
})
