// The JSON Schemas that are shipped say what the engine does: whatever they refuse, the engine refuses at the same place.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import Ajv from 'ajv/dist/2020.js'
import { createEngine, LictorError } from '../pkg/dist/node.js'

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const presets = readdirSync(new URL('../src/policy/presets/', import.meta.url)).filter((name) => name.endsWith('.json'))
const documents = presets.map((name) => [name, read(`../src/policy/presets/${name}`)])

// `required` beside `not`, and `$ref` beside `description`, are meant: strict mode is for authors of draft 7.
const ajv = new Ajv({ allErrors: true, strictTypes: false, strictRequired: false })
const policy = ajv.compile(read('../pkg/dist/policy.schema.json'))
const record = ajv.compile(read('../pkg/dist/record.schema.json'))

/** The faults of a document, or none. */
async function faultsOf(document) {
  try {
    const engine = await createEngine({ policy: document })
    engine.free()
    return []
  } catch (error) {
    if (!(error instanceof LictorError)) throw error
    return error.faults
  }
}

/** A path as the engine writes it, and as JSON pointers do, as one list of keys. */
const keysOfPath = (path) =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].slice(1).map((m) => m[1] ?? m[2] ?? m[3])
const keysOfPointer = (pointer) =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Whether one place lies on the way to the other. */
const correspond = (one, other) => one.every((key, i) => i >= other.length || key === other[i])

function placesOf(errors) {
  return errors.map(({ instancePath, params }) => {
    const key = params.additionalProperty ?? params.missingProperty
    return [...keysOfPointer(instancePath), ...(key === undefined ? [] : [key])]
  })
}

async function assertRefusedAlike(document, what) {
  if (policy(document)) return false
  const places = placesOf(policy.errors)
  const faults = await faultsOf(document)
  assert.ok(
    faults.length > 0,
    `${what}: the schema refuses it, the engine does not: ${JSON.stringify(policy.errors[0])}`,
  )
  const near = faults.some((fault) => places.some((place) => correspond(place, keysOfPath(fault.path))))
  assert.ok(
    near,
    `${what}: the engine says ${faults[0].path}, the schema ${places.map((place) => place.join('.')).join(' ')}`,
  )
  return true
}

/** Every place of a value, outermost first. */
function* places(value, path = []) {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) yield* places(value[key], [...path, key])
}

function changed(document, path, change) {
  const copy = structuredClone(document)
  if (path.length === 0) return change(copy)
  const holder = path.slice(0, -1).reduce((value, key) => value[key], copy)
  const last = path.at(-1)
  const value = change(holder[last])
  if (value !== undefined) holder[last] = value
  else if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete holder[last]
  return copy
}

const mutations = {
  removed: () => undefined,
  'made a number': () => 5,
  'made an unknown word': () => 'no-such-word',
  'made an empty text': () => '',
  'made true': () => true,
  'made an empty list': () => [],
  'made an empty object': () => ({}),
  'made a list of numbers': () => [1],
  'with a key more': (value) =>
    typeof value === 'object' && !Array.isArray(value) ? { ...value, 'no such key': 1 } : value,
  'with its first entry twice': (value) => (Array.isArray(value) && value.length > 0 ? [value[0], ...value] : value),
}

describe('the schema of policies', () => {
  for (const [name, document] of documents) {
    test(`takes the preset ${name}`, () => {
      assert.ok(policy(document), JSON.stringify(policy.errors))
    })

    test(
      `refuses nothing that the engine takes, in ${name} with anything in it changed`,
      { timeout: 240_000 },
      async () => {
        let [refused, made] = [0, 0]
        const wrong = []
        const all = [...places(document)]
        // Of a large document a part, spread over all of it; all of it with SCHEMA_FULL=1.
        const step = process.env.SCHEMA_FULL ? 1 : Math.ceil(all.length / 250)
        for (const path of all.filter((_, n) => n % step === 0)) {
          for (const [how, change] of Object.entries(mutations)) {
            const mutant = changed(document, path, change)
            if (mutant === undefined) continue
            made++
            try {
              if (await assertRefusedAlike(mutant, `${path.join('.') || 'the document'} ${how}`)) refused++
            } catch (error) {
              wrong.push(error.message)
            }
          }
        }
        assert.deepEqual(wrong, [])
        assert.ok(made > 500 && refused > made / 3, `${refused} of ${made} were refused`)
      },
    )
  }

  test('agrees with the corpus: what it refuses is refused there, what is taken there it takes', async () => {
    const merge = (target, patch) => {
      if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
      const result = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
      for (const [key, value] of Object.entries(patch)) {
        if (value === null) delete result[key]
        else result[key] = merge(result[key], value)
      }
      return result
    }
    let refused = 0
    for (const { about, input, expect } of read('corpus/policies.json').cases) {
      const preset = input?.preset && documents.find(([name]) => name === `${input.preset}.json`)
      if (input?.preset && !preset) continue
      const document = preset ? merge(preset[1], input.changes ?? {}) : input
      if (expect) assert.ok(policy(document), `${about}: ${JSON.stringify(policy.errors)}`)
      else if (await assertRefusedAlike(document, about)) refused++
    }
    assert.ok(refused > 20, `${refused} were refused`)
  })
})

test('the schema of records and the check on write agree about owners', async () => {
  const engine = await createEngine({ policy: 'oarepo' })
  const facts = { communities: { c: { grants: {} } }, complete: true }
  const entries = [
    { user: 1 },
    { user: 2 },
    { user: -1 },
    { user: 0 },
    { user: 1.5 },
    { user: '1' },
    { user: null },
    { user: true },
    { user: [1] },
    { user: 2 ** 53 },
  ]
  entries.push({}, { user: 1, name: 'x' }, { name: 'x' }, 1, '1', null, [], true)
  const values = [[], {}, 1, '1', true, { user: 1 }, ...entries.map((entry) => [entry])]
  for (const one of entries) for (const other of entries) values.push([one, other])
  const seen = { true: 0, false: 0 }
  for (const owners of values) {
    const document = { 'oarepo:primaryCommunity': 'c', access: { owned_by: owners } }
    const done = engine.step(
      { do: 'create', subject: { type: 'system' }, id: 'r', community: 'c', record: document },
      facts,
    )
    const valid = record(document)
    assert.equal(
      done.outcome === 'ok',
      valid,
      `${JSON.stringify(owners)}: ${JSON.stringify(done.error ?? record.errors)}`,
    )
    seen[valid]++
    if (valid) continue
    assert.equal(done.error.code, 'invalid_owners')
    const place = keysOfPath(done.error.path.replace('call.record["access.owned_by"]', 'record.access.owned_by'))
    assert.ok(
      placesOf(record.errors).some((other) => correspond(other, place)),
      `${done.error.path} and ${JSON.stringify(record.errors)}`,
    )
  }
  assert.ok(seen.true > 5 && seen.false > 100, JSON.stringify(seen))
  engine.free()
})

test('records of every corpus state are records of the schema', () => {
  for (const state of ['editing', 'filling', 'pending-approval', 'approving', 'approved', 'published', 'deleted'])
    assert.ok(record({ 'oarepo:primaryCommunity': 'c', 'oarepo:recordStatus': state }), state)
  assert.ok(!record({}))
})
