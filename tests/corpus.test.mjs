// The corpus, asked of the built package over wasm. Its format is told in `corpus/README.md`; `corpus.rs` asks the same
// files natively. What `lictor/check` does of it is asked of that, too.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { createEngine as createChecker, LictorError as CheckError } from '../pkg/dist/check.js'
import { createEngine, LictorError } from '../pkg/dist/node.js'
import { createTools } from '../pkg/dist/tools-node.js'

const folder = new URL('corpus/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
assert.ok(files.length > 0, 'the corpus is empty')

const engines = new Map()

/** One engine for a policy with its changes. */
async function engineOf(policy, changes) {
  const key = JSON.stringify([policy, changes])
  if (!engines.has(key)) engines.set(key, await createEngine({ policy, changes }))
  return engines.get(key)
}

const checkers = new Map()

/** The same of `lictor/check`, from what the tools compile. */
async function checkerOf(policy, changes) {
  const key = JSON.stringify([policy, changes])
  if (!checkers.has(key)) {
    const tools = await createTools({ policy, changes })
    checkers.set(key, await createChecker({ policy: tools.compiled() }))
    tools.free()
  }
  return checkers.get(key)
}

/** What a case looks at: a policy and its changes, and facts. */
function givenTo(file, item) {
  const given = item.facts ?? file.facts ?? {}
  return {
    policy: item.policy ?? file.policy ?? 'oarepo',
    changes: item.changes ?? file.changes,
    facts: typeof given === 'string' ? file.worlds[given] : given,
  }
}

async function readPolicy(input) {
  const isPreset = typeof input === 'object' && input !== null && 'preset' in input
  const engine = await createEngine(isPreset ? { policy: input.preset, changes: input.changes } : { policy: input })
  const { name, hash, actions, roles, states } = engine.policy
  engine.free()
  return { name, hash, actions, roles, states }
}

function filter(engine, { records = {}, ...query }, facts) {
  const list = engine.filter(query, facts)
  try {
    const answers = Object.entries(records).map(([name, record]) => [name, list.answer(record, name)])
    return { answers: Object.fromEntries(answers), where: list.where }
  } finally {
    list.free()
  }
}

/** The view of a subject: `{subject, subs?}`. */
function view(engine, { subject, subs = ['everywhere'] }, facts) {
  const base = engine.projectBase({ subject, subs }, facts)
  const records = engine.projectRecords({ subject, records: facts.records ?? {} }, facts)
  return { ...base, entries: [...base.entries, ...records] }
}

/** A question to a device; with `record` instead of an action: how the device shows it. */
function predict(engine, { intents = [], clock = { lo: 1, hi: 1 }, drop = [], locked = [], ...input }, facts) {
  const { entries, closed } = view(engine, input, facts)
  const dropped = drop.map((key) => JSON.stringify(key))
  const replica = engine.replica(input.subject)
  try {
    const kept = entries.filter(({ k, seal }) => !dropped.includes(JSON.stringify(k)) && !locked.includes(seal))
    replica.reset(kept, closed, locked)
    if (input.leases) replica.leases(input.leases)
    const replayed = replica.rebase(intents)
    if (input.options !== undefined) return replica.options(input.options, clock)
    if (input.record !== undefined) return { record: replica.record(input.record) ?? null, replayed }
    return replica.can({ action: input.action, resource: input.resource }, clock)
  } finally {
    replica.free()
  }
}

/** What only hosts ask. `actions` are registered ones. */
async function askTools(call, input, options) {
  const tools = await createTools(options)
  try {
    if (call !== 'wrongRole') return tools[call](input)
    try {
      tools.mustBeRole(input)
      return false
    } catch (error) {
      assert.ok(error instanceof LictorError)
      return true
    }
  } finally {
    tools.free()
  }
}

async function ask(file, item) {
  const { call, input } = item
  if (call === 'policy') return readPolicy(input)
  if (call.startsWith('tools.')) {
    const { policy, changes } = givenTo(file, item)
    return askTools(call.slice('tools.'.length), input, { policy, changes, actions: item.actions ?? file.actions })
  }
  const { policy, changes, facts } = givenTo(file, item)
  const engine = await engineOf(policy, changes)
  switch (call) {
    case 'facts':
      engine.facts(input).free()
      return {}
    case 'filter':
      return filter(engine, input, facts)
    case 'columns':
      return engine.columns(input)
    case 'counting':
      return engine.counting(input)
    case 'counts':
      return engine.counts(input.key, input.record, facts)
    case 'view':
      return view(engine, input, facts)
    case 'predict':
      return predict(engine, input, facts)
    case 'permits':
      return engine.permits(input)
    case 'field':
      return engine.field(input.record, input.name)
    case 'setField':
      return engine.setField(input.record, input.name, input.value)
    case 'table':
      return engine.table().trimEnd().split('\n')
    case 'transitionRoute':
      return engine.transitionRoute(input)
    default:
      return engine[call](input, facts)
  }
}

/** What is wrong with `found`, compared by the keys and lists of `expected`; undefined if nothing is. */
function difference(expected, found, path = 'answer') {
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    return first(expected.map((value, i) => [value, found[i], `${path}[${i}]`]))
  }
  if (isObject(expected) && Object.keys(expected).join() === 'has' && Array.isArray(found)) {
    const missing = expected.has.find((wanted) => found.every((value) => difference(wanted, value) !== undefined))
    return missing && `${path}: ${JSON.stringify(missing)} is not among ${JSON.stringify(found)}`
  }
  if (isObject(expected) && isObject(found)) {
    return first(Object.entries(expected).map(([key, value]) => [value, found[key] ?? null, `${path}.${key}`]))
  }
  if (JSON.stringify(expected) === JSON.stringify(found)) return undefined
  return `${path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`
}

function first(pairs) {
  for (const [expected, found, path] of pairs) {
    const wrong = difference(expected, found, path)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

function checkError(error, expected) {
  assert.ok(error instanceof LictorError || error instanceof CheckError, `not a LictorError: ${error?.stack}`)
  assert.deepEqual({ code: error.code, path: error.path }, { code: expected.code, path: expected.path })
  for (const [code, path] of expected.faults ?? []) {
    assert.ok(
      error.faults.some((fault) => fault.code === code && fault.path === path),
      `expected ${code} at ${path} among ${JSON.stringify(error.faults)}`,
    )
  }
}

/** Compares what a case asks for with what it expects. */
async function compare(item, asked) {
  let found
  try {
    found = await asked()
  } catch (error) {
    if (item.error === undefined) throw error
    return checkError(error, item.error)
  }
  assert.ok(item.error === undefined, `expected an error, found ${JSON.stringify(found)}`)
  assert.equal(difference(item.expect, found), undefined)
}

/** What `lictor/check` does. */
const LOOKS = ['check', 'actions', 'explain', 'transitions', 'facts']

async function askChecker(file, item) {
  const { policy, changes, facts } = givenTo(file, item)
  const checker = await checkerOf(policy, changes)
  if (item.call !== 'facts') return checker[item.call](item.input, facts)
  checker.facts(item.input).free()
  return {}
}

/** The same case where no remedies are sought. */
function withoutRemedies(item) {
  const rest = (key, value) => (key === 'remedies' ? undefined : value)
  return { ...item, expect: item.expect && JSON.parse(JSON.stringify(item.expect), rest) }
}

/** Access lists are refused, so that none is overlooked. */
async function hasLists(file, item) {
  const { policy, changes, facts } = givenTo(file, item)
  const { acls = {} } = item.call === 'facts' ? item.input : facts
  return Object.keys(acls).length > 0 && (await engineOf(policy, changes)).document.acls !== undefined
}

for (const name of files) {
  const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  describe(name, () => {
    for (const item of file.cases) test(item.about, () => compare(item, () => ask(file, item)))
  })
  const looked = file.cases.filter(({ call }) => LOOKS.includes(call))
  describe(`${name}, of \`lictor/check\``, { skip: looked.length === 0 }, () => {
    for (const item of looked)
      test(item.about, async () => {
        if (!(await hasLists(file, item))) return compare(withoutRemedies(item), () => askChecker(file, item))
        await assert.rejects(askChecker(file, item), (error) => {
          const [list] = Object.keys((item.call === 'facts' ? item.input : givenTo(file, item).facts).acls).sort()
          return error.faults.some(({ code, path }) => code === 'unknown_field' && path === `facts.acls.${list}`)
        })
      })
  })
}
