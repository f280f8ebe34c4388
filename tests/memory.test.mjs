// The memory of a `.wasm` only ever grows, and a page may stay open for weeks: whatever is asked, answered, refused, replaced or
// freed leaves nothing behind. `lictor/check` has an allocator of its own. `MEMORY_TIMES=10` asks ten times as often.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTools } from '../pkg/dist/tools-node.js'
import { facts, questions, record, records, refused, view } from './memory/given.mjs'
import { memoryOf } from './memory/watch.mjs'

const times = Number(process.env.MEMORY_TIMES ?? 1)
const whole = await memoryOf('../../pkg/dist/node.js', { policy: 'oarepo' })
const check = await memoryOf('../../pkg/dist/check.js', {
  policy: (await createTools({ policy: 'oarepo' })).compiled(),
})
const question = (n) => questions[n % questions.length]

/** What both engines are asked, and how often: what costs more, less often. */
const both = {
  'decisions, with facts as plain objects': [25_000, (engine) => (n) => engine.check(question(n), facts(n))],
  'decisions, with facts that are held': [
    20_000,
    (engine) => {
      const held = engine.facts(facts(0))
      return (n) => engine.check(question(n), held)
    },
  ],
  'facts, replaced by others': [
    10_000,
    (engine) => {
      let held = engine.facts(facts(0))
      return (n) => {
        const former = held
        held = engine.facts(facts(n))
        former.free()
        engine.check(question(n), held)
      }
    },
  ],
  'every action': [2_000, (engine) => (n) => engine.actions(question(n), facts(n))],
  explanations: [4_000, (engine) => (n) => engine.explain(question(n), facts(n))],
  transitions: [8_000, (engine) => (n) => engine.transitions(question(n), facts(n))],
  'what is refused': [
    12_000,
    (engine) => (n) => {
      const input = refused[n % refused.length](n)
      assert.throws(() => engine.check(input.question ?? questions[0], input.given ?? facts(n)), {
        name: 'LictorError',
      })
    },
  ],
}

/** What the whole engine does beside. */
const only = {
  'filters, made, asked and freed': [
    8_000,
    (engine) => (n) => {
      const filter = engine.filter({ subject: question(n).subject, action: 'read' }, facts(n))
      filter.answer(record(n), `r${n}`)
      assert.throws(() => filter.answer(10n, 'r'), { name: 'LictorError' })
      filter.free()
    },
  ],
  'operations, done or refused': [
    4_000,
    (engine) => (n) => {
      const call = { do: 'update', subject: { type: 'user', id: n % 9 }, resource: { type: 'record', id: 'r1' } }
      engine.step({ ...call, set: { title: `t${n}` } }, facts(n))
      assert.throws(() => engine.step({ ...call, do: `fly${n % 50}` }, facts(n)), { name: 'LictorError' })
    },
  ],
  'options, and who may': [
    500,
    (engine) => (n) => {
      engine.options(question(n), facts(n))
      engine.who({ action: 'read', resource: questions[0].resource }, facts(n))
    },
  ],
  'an index and a session, made and freed': [
    4_000,
    (engine) => (n) => {
      const index = engine.index(records(n))
      const session = engine.session({ type: 'user', id: n % 9 }, facts(n))
      session.can(index.at(0), 'read')
      session.canRecord(record(n), 'update')
      session.visible(index, 'read').page(0, 10)
      session.free()
      index.free()
      assert.throws(() => engine.index({ r: 7 }), { name: 'LictorError' })
    },
  ],
  'a view, projected, held, changed and replaced': [
    800,
    (engine) => {
      const replica = engine.replica({ type: 'user', id: 4 })
      return (n) => {
        const { entries, closed, ops, intents, clock } = view(engine, n)
        replica.reset(entries, closed)
        replica.load(new TextEncoder().encode(JSON.stringify(entries)))
        replica.rebase(intents)
        replica.can({ action: 'update', resource: questions[0].resource }, clock)
        replica.list({})
        replica.patch(ops, closed)
        assert.throws(() => replica.patch([{ op: 'fly' }], closed), { name: 'LictorError' })
        const other = engine.replica({ type: 'user', id: 1 + n })
        other.reset(entries, closed)
        other.free()
      }
    },
  ],
}

/** Made and freed, and what makes none. */
const engines = ({ open, module }, given) => [
  200,
  () => async (n) => {
    const other = await open()
    other.check(question(n), facts(n))
    other.free()
    await assert.rejects(module.createEngine(given(n)), { name: 'LictorError' })
  },
]

for (const [name, work] of Object.entries(both)) {
  test(`lictor/check: ${name}`, () => flat(check, ...work))
  test(`lictor: ${name}`, () => flat(whole, ...work))
}
for (const [name, work] of Object.entries(only)) test(`lictor: ${name}`, () => flat(whole, ...work))
test('lictor/check: engines', () => flat(check, ...engines(check, (n) => ({ policy: new Uint8Array(n % 300) }))))
test('lictor: engines', () => flat(whole, ...engines(whole, (n) => ({ changes: { version: [n] } }))))

async function flat({ open, bytes }, turns, make) {
  const engine = await open()
  // What is left behind must not hide in what was free before: these facts take it, and are given back at the end.
  const held = []
  for (const before = bytes(); bytes() === before;) held.push(engine.facts(facts(held.length)))
  const turn = make(engine)
  for (let n = 0; n < turns / 5; n++) await turn(n)
  const before = bytes()
  for (let n = 0; n < turns * times; n++) await turn(n)
  const more = bytes() - before
  for (const one of held) one.free()
  engine.free()
  assert.equal(more, 0, `${more} bytes more after ${turns * times} turns`)
}
