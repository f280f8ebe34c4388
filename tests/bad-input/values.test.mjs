// Values that are no data: after each, an error that says where, and the same engine answers a normal question.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { engine, facts, policyError, question, record, refused, resource, subject } from './given.mjs'

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
