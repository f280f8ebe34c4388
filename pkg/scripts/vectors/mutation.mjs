// What a client's write may change of a record: upstream's dictionary methods and JSON Patch as updates.
import { LictorError } from '../../dist/node.js'
import { policy } from './machine.mjs'
import { patched } from './patch.mjs'
import { canonical, cell, list, NotUnderstood, only, same } from './shape.mjs'
import { engineFor } from './world.mjs'

const NAMES = { primary_community: 'primary', secondary_communities: 'secondary', owned_by: 'owners', state: 'state' }

const EXPECTED = ['error', 'message', 'http', 'ok', 'result', 'record']

/** What upstream raises, by the refusal it stands for. */
const ERRORS = [
  { error: 'DirectStateModificationError', codes: ['state_immutable'] },
  { error: 'AttributeError', message: /cannot be changed/i, codes: ['community_immutable'] },
  { error: 'AttributeError', message: /can ?not be (deleted|removed)/i, codes: ['community_immutable'] },
  { error: 'AttributeError', message: /missing/i, codes: ['no_community', 'missing_field', 'malformed', 'invalid_id'] },
  {
    error: 'AttributeError',
    codes: ['community_immutable', 'no_community', 'missing_field', 'malformed', 'invalid_id'],
  },
]

export async function mutation(row) {
  const { record: before, op } = only(row.context, ['record', 'op', 'principal', 'principals', 'grants'], 'context')
  const record = before ?? {}
  const field = 'state' in record ? 'state' : 'oarepo:recordStatus'
  const engine = await engineFor({ policy: policy({ field }) })
  const given = perform(engine, record, operation(op))
  const {
    error,
    message,
    http,
    ok,
    result,
    record: whole,
    ...fields
  } = only(
    row.expected,
    [...EXPECTED, ...Object.keys(NAMES), ...Object.keys({ ...record, ...given.record })],
    'expected',
  )
  const cells = http === undefined ? [] : [cell('http', http, given.status)]
  if (error !== undefined) {
    const codes = codesOf(error, message)
    cells.push(cell('error', true, codes.includes(given.code) || (given.code ?? 'ok')))
  } else {
    cells.push(cell('ok', ok ?? true, given.code === undefined || given.code))
    // What is refused is told once.
    if (given.code !== undefined) return cells
  }
  if (result !== undefined) cells.push(cell('result', result, given.result))
  // A refusal writes nothing.
  const after = given.record ?? record
  if (whole !== undefined) cells.push(cell('record', whole, after))
  for (const [key, value] of Object.entries(fields)) cells.push(cell(key, value, valueOf(engine, after, key)))
  return cells
}

function codesOf(error, message) {
  const found = ERRORS.find((known) => known.error === error && (!known.message || known.message.test(message ?? '')))
  if (!found) throw new NotUnderstood(`expected: error \`${error}\``)
  return found.codes
}

function valueOf(engine, record, key) {
  return Object.hasOwn(record, key) || !NAMES[key] ? record[key] : engine.field(record, NAMES[key])
}

/** `{name: argument}`, `"name"` or `"name:argument"`. */
function operation(op) {
  if (typeof op === 'string') {
    const [, name, argument] = /^(\w+)(?::(.*))?$/s.exec(op) ?? []
    return [name, argument]
  }
  const entries = Object.entries(op)
  if (entries.length !== 1) throw new NotUnderstood('op: not exactly one operation')
  return entries[0]
}

/** `{key: value}` or `[key, value]`. */
function pairs(argument) {
  if (!Array.isArray(argument)) return Object.entries(only(argument, Object.keys(argument ?? {}), 'op'))
  if (argument.length !== 2) throw new NotUnderstood('op: neither an object nor a key and a value')
  return [argument]
}

const words = (argument) => list(typeof argument === 'string' ? [argument] : argument, 'op')
const writes = (entries) => entries.map(([key, value]) => ({ path: [key], value }))
const removals = (keys) => keys.map((key) => ({ path: [key], remove: true }))

function perform(engine, record, [name, argument]) {
  const [type] = engine.policy.types
  switch (name?.replaceAll('_', '')) {
    case 'update':
    case 'set':
    case 'setitem':
      return update(engine, record, writes(pairs(argument)))
    case 'setdefault':
      return update(engine, record, writes(pairs(argument).filter(([key]) => !Object.hasOwn(record, key))))
    case 'delete':
    case 'del':
    case 'delitem':
    case 'pop':
    case 'remove':
      return update(engine, record, removals(words(argument)))
    case 'clear': {
      // Everything a client may remove is removed.
      const kept = ['primary', 'secondary', 'state', 'owners'].map((field) => type[field][0])
      return update(engine, record, removals(Object.keys(record).filter((key) => !kept.includes(key))))
    }
    case 'patch': {
      const after = patched(record, argument)
      const touched = [...new Set([...Object.keys(record), ...Object.keys(after)])].filter(
        (key) => !same(record[key], after[key]),
      )
      const changes = touched.map((key) =>
        Object.hasOwn(after, key) ? { path: [key], value: after[key] } : { path: [key], remove: true },
      )
      return update(engine, record, changes)
    }
    case 'get':
      return { record, status: 200, result: valueOf(engine, record, argument) }
    case 'create':
      return create(engine, { ...record, ...argument })
    default:
      throw new NotUnderstood(`op: \`${canonical(name)}\``)
  }
}

function update(engine, record, set) {
  const resource = { type: 'record', id: '1', properties: record }
  return outcome(() => engine.step({ do: 'update', subject: { type: 'system' }, resource, set }, { complete: true }))
}

function create(engine, record) {
  const community = engine.field(record, 'primary') ?? ''
  const facts = { communities: community === '' ? {} : { [community]: {} }, complete: true }
  const call = { do: 'create', subject: { type: 'system' }, id: '1', community, record }
  return outcome(() => engine.step(call, facts))
}

/** A refusal, and a call that cannot be made, have a code. */
function outcome(step) {
  try {
    const done = step()
    if (done.outcome !== 'ok') return { code: done.error?.code ?? 'unknown', status: done.status }
    return { record: done.changes[0].value, status: done.status }
  } catch (error) {
    if (!(error instanceof LictorError)) throw error
    return { code: error.code, status: 400 }
  }
}
