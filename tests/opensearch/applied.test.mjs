// What access lists come to, kept in an index beside each record and asked for somebody: what is found is what `check` allows, or
// more where it says so. The lists themselves need not be at hand.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createEngine } from '../../pkg/dist/node.js'
import { createTools } from '../../pkg/dist/tools-node.js'
import { aclWorld, subjects } from '../backend/acl-world.mjs'
import { Tally } from '../backend/compare.mjs'
import { Index, Refused } from './documents.mjs'
import { hits } from './evaluate.mjs'

const WORLDS = Number(process.env.LICTOR_BACKEND_WORLDS ?? 12) * 2
const RECORDS = 40
const FIELD = '_invenio_explicit_acls'
const ACCESS = [{ action: 'superuser-access', user: 9 }]
const WITHOUT_LISTS = ['access', 'membership', 'community'].map((relation) => ({ relation, where: {} }))

/** Lists that the engine takes. */
function listsOf(engine, world, denies) {
  const found = {}
  for (let n = 0; Object.keys(found).length < 6; n++) {
    const { effect, ...acl } = world.list()
    if (denies && effect) acl.effect = effect
    try {
      engine.facts({ acls: { [`l${n}`]: acl }, complete: true }).free()
      found[`l${n}`] = acl
    } catch (error) {
      assert.equal(error.name, 'LictorError')
    }
  }
  return found
}

/** Documents with what the lists come to beside them. */
function keptWith(tools, acls, records) {
  const applied = tools.applied()
  applied.load(Object.fromEntries(records.map(({ id, document }) => [id, document])))
  applied.change({ acls })
  const fields = applied.fields(records.map(({ id }) => id))
  applied.free()
  return records.map(({ id, document }, n) => ({ id, document: { ...document, [FIELD]: fields[n].field } }))
}

describe('what an index keeps of access lists', () => {
  test('finds for everybody what single decisions allow', async (t) => {
    const [equal, over] = [new Tally(), new Tally()]
    let refused = 0
    for (let seed = 1; seed <= WORLDS; seed++) {
      const world = aclWorld(seed, { tidy: true })
      const options = world.policy()
      const [engine, tools] = [await createEngine(options), await createTools(options)]
      const records = world.records(RECORDS)
      const denies = seed % 2 === 0
      const acls = listsOf(engine, world, denies)
      const all = { acls, access: ACCESS, complete: true }
      const facts = engine.facts({
        ...all,
        records: Object.fromEntries(records.map(({ id, document }) => [id, document])),
      })
      const kept = keptWith(tools, acls, records)
      for (const subject of subjects)
        for (const action of ['read', 'update']) {
          const query = { subject, action }
          const meant = new Set()
          for (const { id } of records)
            if (engine.check({ ...query, resource: { type: 'record', id } }, facts).decision === 'allow') meant.add(id)
          // With the lists it is known that none denies; without them one might.
          for (const given of [all, { access: ACCESS, complete: WITHOUT_LISTS }]) {
            const condition = tools.filter(query, given, { applied: true })
            const about = () => `seed ${seed}: ${JSON.stringify([options, query, acls])}`
            assert.deepEqual(condition.missing, [], about())
            const said = condition.toOpenSearch()
            const index = new Index(said.mappings, said.settings)
            const found = []
            const there = new Set()
            for (const { id, document } of kept) {
              try {
                if (hits(said.query, index.take(id, document))) found.push(id)
                if (meant.has(id)) there.add(id)
              } catch (error) {
                if (!(error instanceof Refused)) throw error
                refused += 1
              }
            }
            const tally = said.side === 'equal' ? equal : over
            tally.pairs += kept.length
            tally.check(found, there, said, about)
            condition.free()
          }
        }
      facts.free()
    }
    const about = `equal: ${equal}; over: ${over}; ${refused} documents not taken`
    t.diagnostic(about)
    assert.ok(equal.equal > over.over && over.over > 0 && refused * 10 < equal.pairs, about)
  })

  const options = { policy: 'explicit-acls' }
  const list = { type: 'default', schemas: ['record'], operation: 'get', actors: [{ type: 'user', users: [1] }] }
  const entry = (...should) => ({
    nested: {
      path: FIELD,
      query: {
        bool: {
          filter: [
            { terms: { [`${FIELD}.operation`]: ['get', 'read'] } },
            should.length === 1 ? should[0] : { bool: { should, minimum_should_match: 1 } },
          ],
        },
      },
    },
  })
  const ofUser = { terms: { [`${FIELD}.user`]: ['1'] } }
  const ofRoles = (...roles) => ({ terms: { [`${FIELD}.role`]: roles } })
  const ofSystem = (...roles) => ({ terms: { [`${FIELD}.system_role`]: roles } })

  test('the query: who somebody is, of those lists that count; one-sided where a list may deny', async () => {
    const tools = await createTools(options)
    const ask = (facts, subject = { type: 'user', id: 1 }, action = 'read') =>
      tools.filter(
        { subject, action },
        { access: ACCESS, users: { 1: { roles: ['staff'] } }, ...facts },
        { applied: true },
      )
    const whole = { acls: { a: list }, complete: true }
    const said = ask(whole).toOpenSearch()
    assert.equal(said.side, 'equal')
    const mine = entry(ofUser, ofRoles('staff'), ofSystem('any_user', 'authenticated_user'))
    assert.deepEqual(said.query, mine)
    assert.equal(said.mappings.properties[FIELD].type, 'nested')

    for (const facts of [
      { acls: { a: list, b: { ...list, effect: 'deny' } }, complete: true },
      { complete: WITHOUT_LISTS },
    ]) {
      const { side, reasons, query } = ask(facts).toOpenSearch()
      assert.deepEqual([side, reasons.map(({ code }) => code)], ['over', ['denials']])
      assert.deepEqual(query.bool.filter[0], mine)
    }
    // One that denies something else takes nothing away.
    const other = { ...list, operation: 'update', effect: 'deny' }
    assert.equal(ask({ acls: { other }, complete: true }, undefined, 'read').toOpenSearch().side, 'equal')

    const anonymous = ask(whole, { type: 'anonymous' }).toOpenSearch()
    assert.deepEqual(anonymous.query, entry(ofSystem('any_user', 'anonymous')))
    assert.deepEqual(ask(whole, { type: 'user', id: 9 }).toOpenSearch().query, { match_all: {} })
    assert.throws(() => ask({ complete: WITHOUT_LISTS }).matches({}, 'r1'), {
      code: 'missing_field',
      path: 'facts.acls',
    })
    assert.equal(ask(whole).matches({}, 'r1'), true)
    // What is not known of somebody is looked up first.
    const { missing } = tools.filter(
      { subject: { type: 'user', id: 1 }, action: 'read' },
      { complete: [] },
      { applied: true },
    )
    assert.ok(missing.some(({ relation }) => relation === 'user'))
    assert.ok(missing.every(({ relation }) => relation !== 'acl'))
  })

  test('on behalf of another: what is not given comes from that one, never from whoever asks', async () => {
    const tools = await createTools(options)
    const users = { 1: { roles: ['staff'] }, 2: { roles: ['boss'] } }
    const facts = { acls: { a: list }, access: ACCESS, users, complete: true }
    const search = (properties) =>
      tools
        .filter({ subject: { type: 'user', id: 1, ...(properties && { properties }) }, action: 'read' }, facts, {
          applied: true,
        })
        .toOpenSearch().query
    const everybody = ['any_user', 'authenticated_user']
    assert.deepEqual(search(), entry(ofUser, ofRoles('staff'), ofSystem(...everybody)))
    const campus = { system_roles: ['campus_user'] }
    assert.deepEqual(search(campus), entry(ofUser, ofRoles('staff'), ofSystem('campus_user', ...everybody)))
    assert.deepEqual(search({ roles: [] }), entry(ofUser, ofSystem(...everybody)))
  })
})
