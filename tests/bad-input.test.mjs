// Input that no well-behaved host would give. After each: an error that is a `LictorError` with the right code and path,
// and the same engine answers a normal question correctly.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createEngine, LictorError } from '../pkg/dist/node.js'

const facts = {
  communities: { cesnet: { grants: { curator: ['read', 'approve'], member: ['read'] } } },
  memberships: [{ community: 'cesnet', user: 4, role: 'curator' }],
  records: { r: { 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 'pending-approval' } },
  complete: true,
}
const subject = { type: 'user', id: 4 }
const resource = { type: 'record', id: 'r' }
const question = { subject, action: 'approve', resource }
const record = facts.records.r

let engine
before(async () => {
  engine = await createEngine()
})
after(() => engine.free())

/** A question with a known answer, asked the cold way and the hot way. */
function assertAlive() {
  assert.equal(engine.check(question, facts).decision, 'allow')
  assert.equal(engine.check({ ...question, subject: { type: 'user', id: 5 } }, facts).decision, 'deny')
  const index = engine.index({ r: record })
  const session = engine.session(subject, facts)
  assert.equal(session.can(index.row('r'), 'approve'), 'allow')
  session.free()
  index.free()
}

function refused(call, code, path) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof LictorError, `not a LictorError: ${error?.stack ?? error}`)
    if (path instanceof RegExp) assert.match(error.path, path)
    else assert.equal(error.path, path, error.message)
    assert.equal(error.code, code, error.message)
    assert.ok(error.faults.length > 0 && error.message.length < 5000)
    return true
  })
  assertAlive()
}

const policyError = async (policy, code, path, changes) => {
  await assert.rejects(createEngine({ policy, changes }), (error) => {
    assert.ok(error instanceof LictorError, `not a LictorError: ${error?.stack ?? error}`)
    assert.deepEqual({ code: error.code, path: error.path }, { code, path }, error.message)
    return true
  })
  assertAlive()
}

const nested = (levels) => {
  let value = {}
  for (let i = 0; i < levels; i++) value = { a: value }
  return value
}
const nestedList = (levels) => {
  let value = []
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

describe('values that are no data are refused where they stand', () => {
  const throwing = {
    get secret() {
      throw new Error('boom')
    },
  }
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  const values = {
    'a BigInt': 4n,
    'a symbol': Symbol('x'),
    'a function': () => 4,
    'a Map': new Map([['a', 1]]),
    'a Set': new Set([1]),
    'a Date': new Date(0),
    'a typed array': new Uint8Array(4),
    'an ArrayBuffer': new ArrayBuffer(4),
    'a class instance': new (class Thing {})(),
    'a regular expression': /x/,
    'a boxed text': Object('x'),
    'a promise': Promise.resolve(),
    NaN: NaN,
    Infinity: Infinity,
    '-Infinity': -Infinity,
    'half of a surrogate pair': '\ud800',
    'the other half': 'x\udfff',
    'undefined in a list': [undefined],
    'a hole in a list': new Array(1e9),
    'an object whose getter throws': throwing,
    'a revoked proxy': revoked(),
    'a proxy that throws when its keys are read': new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('boom')
        },
      },
    ),
    'a proxy that throws when its prototype is read': new Proxy(
      {},
      {
        getPrototypeOf() {
          throw 5
        },
      },
    ),
    'a list that throws when its length is read': new Proxy([], {
      get() {
        throw undefined
      },
    }),
  }
  const inner = { 'undefined in a list': '[0]', 'a hole in a list': '[0]' }
  for (const [name, value] of Object.entries(values)) {
    const at = inner[name] ?? ''
    // The index copies what it reads, and a copy of an instance is a plain object: which is no state either.
    const hot = name === 'a class instance' ? 'unknown_state' : 'malformed'
    test(`${name}, wherever data is taken`, () => {
      const document = { ...record, title: value }
      refused(
        () => engine.check({ ...question, resource: { ...resource, properties: document } }, facts),
        'malformed',
        `evaluation.resource.properties.title${at}`,
      )
      refused(() => engine.facts({ ...facts, records: { r: document } }), 'malformed', `facts.records.r.title${at}`)
      refused(() => engine.check(question, { ...facts, revision: value }), 'malformed', `facts.revision${at}`)
      refused(
        () => engine.step({ do: 'read', subject, resource, links: { links: { x: value } } }, facts),
        'malformed',
        `call.links.links.x${at}`,
      )
      refused(() => engine.setField(record, 'owners', value), 'malformed', `value${at}`)
      refused(
        () => engine.index([{ id: 'x', ...record, 'oarepo:recordStatus': value }]),
        hot,
        `records[0].oarepo:recordStatus${at}`,
      )
      const list = engine.filter({ subject, action: 'read' }, facts)
      refused(() => list.answer(document), 'malformed', `record.title${at}`)
      list.free()
      const session = engine.session(subject, facts)
      refused(
        () => session.canRecord({ ...record, 'oarepo:recordStatus': value }, 'read'),
        hot,
        `record.oarepo:recordStatus${at}`,
      )
      assert.equal(session.canRecord(record, 'read'), 'allow', 'the session was hurt')
      session.free()
    })
  }

  test('a policy with such a value', async () => {
    await policyError({ name: throwing }, 'malformed', 'policy.name')
    await policyError('oarepo', 'malformed', 'changes.roles', { roles: new Set() })
    await policyError(5, 'malformed', 'policy')
    await policyError([], 'malformed', 'policy')
    await policyError('no-such', 'unknown_preset', 'policy')
    await policyError('__proto__', 'unknown_preset', 'policy')
  })

  test('what is undefined counts as not given', () => {
    assert.equal(
      engine.check({ ...question, resource: { ...resource, community: undefined }, context: undefined }, facts)
        .decision,
      'allow',
    )
  })

  test('a plain object of another kind is plain data', () => {
    const bare = Object.assign(Object.create(null), question)
    assert.equal(engine.check(bare, facts).decision, 'allow')
    assert.equal(engine.check(new Proxy(question, {}), facts).decision, 'allow')
    assert.equal(engine.check(Object.freeze({ ...question }), facts).decision, 'allow')
  })
})

describe('shapes and sizes', () => {
  test('an object that contains itself', () => {
    const cyclic = { ...record }
    cyclic.self = cyclic
    refused(
      () => engine.check({ ...question, resource: { ...resource, properties: cyclic } }, facts),
      'too_deep',
      `evaluation.resource.properties${'.self'.repeat(62)}`,
    )
    const list = []
    list.push(list)
    refused(() => engine.facts({ memberships: list }), 'too_deep', `facts.memberships${'[0]'.repeat(65)}`)
  })

  test('a hundred thousand levels', () => {
    for (const deep of [nested(1e5), nestedList(1e5)]) {
      refused(
        () => engine.check(deep, facts),
        'too_deep',
        Array.isArray(deep) ? `evaluation${'[0]'.repeat(64)}` : `evaluation${'.a'.repeat(64)}`,
      )
      assert.throws(() => engine.facts(deep), LictorError)
      assert.throws(() => engine.setField(record, 'state', deep), LictorError)
      assert.throws(
        () => engine.index([{ id: 'x', ...record, 'oarepo:recordStatus': deep }]),
        (error) => error instanceof LictorError && error.code === 'too_deep',
      )
    }
    assertAlive()
  })

  test('a policy of a hundred thousand levels, and one that contains itself', async () => {
    await policyError({ define: nested(1e5) }, 'too_deep', `policy.define${'.a'.repeat(63)}`)
    await policyError('oarepo', 'too_deep', `changes${'.a'.repeat(64)}`, nested(1e5))
    const rule = {}
    rule.not = rule
    await policyError('oarepo', 'too_deep', `changes.rules.read${'.not'.repeat(62)}`, { rules: { read: rule } })
  })

  test('ten megabytes of junk', () => {
    const text = 'x'.repeat(10 << 20)
    refused(
      () => engine.check({ ...question, resource: { ...resource, properties: { ...record, title: text } } }, facts),
      'too_large',
      'evaluation.resource.properties.title',
    )
    refused(() => engine.check(text, facts), 'too_large', 'evaluation')
    refused(() => engine.check({ ...question, [text]: 1 }, facts), 'too_large', 'evaluation')
    refused(() => engine.step(new Array(5e6).fill(0), facts), 'too_large', /^call\[\d+\]$/)
    refused(
      () => engine.check(Object.fromEntries(Array.from({ length: 5e5 }, (_, i) => [`key${i}`, i])), facts),
      'too_large',
      /^evaluation(\.key\d+)?$/,
    )
    refused(() => engine.facts(text), 'malformed', 'facts')
    refused(() => engine.check(question, { ...facts, revision: {} }), 'malformed', 'facts.revision')
  })

  test('a policy of ten megabytes', () => policyError({ about: 'x'.repeat(10 << 20) }, 'too_large', 'policy.about'))

  test('a machine of ten thousand states works, and quickly', async () => {
    const states = Array.from({ length: 10_000 }, (_, i) => `s${i}`)
    const transitions = states.map((name, i) => ({
      name: `t${i}`,
      action: 'approve',
      from: [name],
      to: states[(i + 1) % states.length],
    }))
    const start = performance.now()
    const large = await createEngine({
      policy: 'oarepo',
      changes: {
        states,
        state_aliases: null,
        absent_state: 's0',
        transitions,
        rules: { read: { any: null, state: states }, update: { any: null, state: ['s7'] } },
      },
    })
    const inLast = { 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 's9999' }
    const ask = (action, properties) =>
      large.check({ subject, action, resource: { type: 'record', id: 'x', properties } }, facts)
    assert.equal(ask('approve', inLast).decision, 'allow')
    assert.equal(ask('update', inLast).decision, 'deny')
    assert.equal(
      large.check(
        { ...question, subject: { type: 'anonymous' }, resource: { type: 'record', properties: inLast } },
        facts,
      ).decision,
      'deny',
    )
    const done = large.step(
      { do: 'transition', subject, resource: { type: 'record', id: 'x', properties: inLast }, transition: 't9999' },
      facts,
    )
    assert.equal(done.changes[0].value['oarepo:recordStatus'], 's0')
    const index = large.index(states.map((state, id) => ({ id: String(id), ...inLast, 'oarepo:recordStatus': state })))
    const session = large.session(subject, facts)
    assert.equal(session.visible(index, 'approve').count, 10_000)
    const seconds = (performance.now() - start) / 1000
    assert.ok(seconds < 30, `took ${seconds} s`)
    large.free()
  })

  test('a machine of seventy thousand states is refused', () =>
    policyError('oarepo', 'too_large', 'policy.states', { states: Array.from({ length: 70_000 }, (_, i) => `s${i}`) }))

  test('definitions that double at each step are refused, and quickly', async () => {
    const define = { d40: 'owner' }
    for (let i = 0; i < 40; i++) define[`d${i}`] = { any: [{ use: `d${i + 1}` }, { use: `d${i + 1}` }] }
    await assert.rejects(
      createEngine({ policy: 'oarepo', changes: { define, rules: { create: { any: null, use: 'd0' } } } }),
      { code: 'too_deep' },
    )
    assertAlive()
  })
})

describe('names', () => {
  test('names that JavaScript treats as its own', () => {
    for (const id of ['constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf']) {
      const named = {
        ...facts,
        communities: { ...facts.communities, [id]: { grants: { member: ['read'] } } },
        records: { ...facts.records, [id]: record },
      }
      assert.equal(engine.check({ ...question, resource: { type: 'record', id } }, named).decision, 'allow')
      assert.equal(engine.check({ ...question, subject: { type: 'user', id } }, named).decision, 'deny')
      const done = engine.step(
        { do: 'update', subject: { type: 'system' }, resource, set: { [id]: 1 } },
        { ...facts, access: [{ action: 'superuser-access', system_role: 'system_process' }] },
      )
      assert.ok(done.outcome === 'refused' || Object.hasOwn(done.changes[0].value, id))
      const index = engine.index({ [id]: record })
      assert.equal(index.id(index.row(id)), id)
      assert.equal(index.row(`${id}x`), undefined)
      index.free()
    }
    assertAlive()
  })

  test('`__proto__` as a field is refused, and nothing is polluted', async () => {
    const polluted = JSON.parse('{"__proto__": {"admin": true}}')
    refused(
      () => engine.check({ ...question, resource: { ...resource, properties: { ...record, deep: polluted } } }, facts),
      'malformed',
      'evaluation.resource.properties.deep.__proto__',
    )
    refused(() => engine.facts({ records: polluted }), 'malformed', 'facts.records.__proto__')
    refused(() => engine.setField(record, 'owners', polluted), 'malformed', 'value.__proto__')
    await policyError('oarepo', 'malformed', 'changes.__proto__', polluted)
    assert.equal({}.admin, undefined)
  })

  test('ids: empty, huge, with control characters, of no kind of their own', () => {
    const by = (id) => () => engine.check({ ...question, subject: { type: 'user', id } }, facts)
    refused(by(''), 'invalid_id', 'evaluation.subject.id')
    refused(by('x'.repeat(256)), 'invalid_id', 'evaluation.subject.id')
    refused(by('a\nb'), 'invalid_id', 'evaluation.subject.id')
    refused(by('\u0000'), 'invalid_id', 'evaluation.subject.id')
    refused(by('\u0085'), 'invalid_id', 'evaluation.subject.id')
    refused(by(1e21), 'malformed', 'evaluation.subject.id')
    refused(by(2 ** 53), 'malformed', 'evaluation.subject.id')
    refused(by(0.1), 'malformed', 'evaluation.subject.id')
    refused(by(true), 'malformed', 'evaluation.subject.id')
    refused(by(null), 'malformed', 'evaluation.subject.id')
    refused(by({}), 'malformed', 'evaluation.subject.id')
    refused(
      () => engine.check({ ...question, subject: { type: 'user' } }, facts),
      'missing_field',
      'evaluation.subject.id',
    )
    assert.equal(by(-0)().decision, 'deny')
    assert.equal(by('4')().decision, 'allow')
  })

  test('words there are not', () => {
    refused(() => engine.check({ ...question, action: 'fly' }, facts), 'unknown_action', 'evaluation.action')
    refused(
      () => engine.facts({ memberships: [{ community: 'c', user: 1, role: 'boss' }] }),
      'unknown_role',
      'facts.memberships[0].role',
    )
    const lost = { ...record, 'oarepo:recordStatus': 'lost' }
    refused(
      () => engine.check({ ...question, resource: { type: 'record', properties: lost } }, facts),
      'unknown_state',
      'evaluation.resource.properties.oarepo:recordStatus',
    )
    refused(() => engine.index([{ id: 'x', ...lost }]), 'unknown_state', 'records[0].oarepo:recordStatus')
    refused(() => engine.index([{ id: 'x' }]), 'no_community', 'records[0].oarepo:primaryCommunity')
    refused(() => engine.field(record, 'title'), 'unknown_field', 'name')
    const done = engine.step({ do: 'transition', subject, resource, transition: 'fly' }, facts)
    assert.equal(done.error.code, 'unknown_transition')
  })

  test('where a name belongs, anything but text', () => {
    for (const name of [undefined, null, 5, {}, Symbol('x'), ['state']]) {
      refused(() => engine.field(record, name), 'malformed', 'name')
      refused(() => engine.setField(record, name, 'x'), 'malformed', 'name')
      refused(() => engine.transitionRoute(name), 'malformed', 'itemRoute')
    }
  })
})

describe('handles', () => {
  test("a handle that was freed or is another engine's", async () => {
    const other = await createEngine({ policy: 'oarepo-3.0.5' })
    const same = await createEngine()
    const read = engine.facts(facts)
    refused(() => other.check(question, read), 'stale_handle', 'facts')
    assert.equal(same.check(question, read).decision, 'allow', 'facts serve every engine of the same policy')
    read.free()
    read.free()
    refused(() => engine.check(question, read), 'stale_handle', 'facts')

    const foreign = other.index([{ id: 'r', ...record }])
    const session = engine.session(subject, facts)
    refused(() => session.can(foreign.row('r'), 'approve'), 'stale_handle', 'index')
    refused(() => session.visible(foreign), 'stale_handle', 'index')
    refused(() => session.visible({ size: 1 }), 'stale_handle', 'index')

    const index = engine.index([{ id: 'r', ...record }])
    const row = index.row('r')
    assert.equal(session.can(row, 'approve'), 'allow')
    for (const wrong of [row + 1, -1, NaN, 0, 0.5, Infinity, undefined, null, 'r', {}]) {
      refused(() => session.can(wrong, 'approve'), 'stale_handle', 'row')
      refused(() => session.mask(wrong), 'stale_handle', 'row')
      refused(() => index.id(wrong), 'stale_handle', 'row')
    }
    refused(() => index.at(1), 'stale_handle', 'position')
    for (const wrong of [99, -1, 0.5, NaN]) refused(() => session.can(row, wrong), 'unknown_action', 'action')
    refused(() => session.can(row, 'fly'), 'unknown_action', 'action')
    refused(() => session.can(row, undefined), 'unknown_action', 'action')
    index.free()
    index.free()
    refused(() => session.can(row, 'approve'), 'stale_handle', 'row')
    refused(() => session.visible(index), 'stale_handle', 'index')
    refused(() => index.bytes, 'stale_handle', 'index')
    session.free()
    session.free()
    refused(() => session.can(row, 'approve'), 'stale_handle', 'row')
    refused(() => session.canRecord(record, 'approve'), 'stale_handle', 'session')

    const list = engine.filter({ subject, action: 'read' }, facts)
    list.free()
    list.free()
    refused(() => list.answer(record), 'stale_handle', 'filter')

    const kept = other.session(subject, { complete: true })
    const keptIndex = other.index([{ id: 'r', ...record }])
    other.free()
    other.free()
    refused(() => other.check(question, facts), 'stale_handle', 'engine')
    refused(() => other.facts(facts), 'stale_handle', 'engine')
    refused(() => other.index([]), 'stale_handle', 'engine')
    assert.equal(kept.can(keptIndex.row('r'), 'approve'), 'deny', 'what was made before keeps working')
  })

  test('an index of records that cannot be read leaves nothing behind', () => {
    refused(
      () =>
        engine.index([
          { id: 'a', ...record },
          { id: 'a', ...record },
        ]),
      'duplicate',
      'records[1].id',
    )
    refused(() => engine.index([{ ...record }]), 'missing_field', 'records[0].id')
    refused(() => engine.index([5]), 'malformed', 'records[0]')
    refused(() => engine.index({ a: 5 }), 'malformed', 'records.a')
    for (const nothing of [undefined, null, 5]) refused(() => engine.index(nothing), 'malformed', 'records')
  })

  test('a record that reads otherwise each time spoils nothing for others', () => {
    const index = engine.index([{ id: 'p', ...record, 'oarepo:recordStatus': 'published' }])
    index.free()
    const session = engine.session({ type: 'anonymous' }, facts)
    let reads = 0
    const fickle = {
      'oarepo:primaryCommunity': 'cesnet',
      get 'oarepo:recordStatus'() {
        return reads++ === 0 ? 'editing' : 'published'
      },
    }
    session.canRecord(fickle, 'read')
    assert.equal(
      session.canRecord({ 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 'editing' }, 'read'),
      'deny',
    )
    const hidden = Object.create(
      { 'oarepo:recordStatus': 'approved' },
      { 'oarepo:primaryCommunity': { value: 'cesnet', enumerable: true } },
    )
    try {
      session.canRecord(hidden, 'read')
    } catch (error) {
      assert.ok(error instanceof LictorError)
    }
    const approved = { 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 'approved' }
    const member = engine.session({ type: 'user', id: 4 }, facts)
    member.canRecord(Object.create(approved, {}), 'read')
    assert.equal(member.canRecord(approved, 'read'), 'allow')
    member.free()
    session.free()
  })
})

test('ten thousand refusals of every kind leave no memory behind', () => {
  const held = () => process.memoryUsage().arrayBuffers + process.memoryUsage().external
  const throwing = {
    get x() {
      throw new Error('boom')
    },
  }
  const deep = nested(100)
  const list = engine.filter({ subject, action: 'read' }, facts)
  const session = engine.session(subject, facts)
  const calls = [
    () => engine.check({ ...question, action: 'fly' }, facts),
    () => engine.check({ ...question, context: throwing }, facts),
    () => engine.check(question, { ...facts, records: { r: throwing } }),
    () => engine.check(deep, facts),
    () => engine.facts({ memberships: [{ community: 'c', user: 1, role: 'boss' }] }),
    () => engine.step({ do: 'fly' }, facts),
    () => engine.index([{ id: 'x', ...record, 'oarepo:recordStatus': throwing }]),
    () => session.canRecord({ ...record, 'oarepo:recordStatus': { toString: 5 } }, 'read'),
    () => list.answer({ ...record, bad: throwing }),
    () => engine.setField(record, 'owners', Symbol('x')),
  ]
  const round = (times) => {
    for (let i = 0; i < times; i++) {
      for (const call of calls) {
        try {
          call()
          assert.fail('it was not refused')
        } catch (error) {
          if (!(error instanceof LictorError)) throw error
        }
      }
    }
  }
  round(100)
  const before = held()
  round(1_000)
  const grown = held() - before
  assert.ok(grown < 4 << 20, `grew by ${grown} bytes`)
  list.free()
  session.free()
  assertAlive()
})
