// What a subject may be told, as facts for a page: `lictor/check` answers from them as the host's engine does from all there is, or
// does not know; and nothing is in them that the subject may not know of.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createEngine as createChecker } from '../pkg/dist/check.js'
import { createEngine } from '../pkg/dist/node.js'
import { createTools } from '../pkg/dist/tools-node.js'

const folder = new URL('corpus/', import.meta.url)

/** Every question of the corpus about records or communities among complete facts, with the policy it is asked under. */
function* questions() {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
    for (const item of file.cases) {
      const given = item.facts ?? file.facts ?? {}
      const facts = typeof given === 'string' ? file.worlds[given] : given
      const { subject, resource } = item.input ?? {}
      // A host holds its records whole.
      const whole = Object.keys(facts.withheld ?? {}).length === 0
      // In a view what is withheld of a record is a community that is hidden, and no other.
      const asks =
        whole &&
        !resource?.missing &&
        item.call === 'check' &&
        !item.error &&
        subject &&
        resource &&
        resource.type !== 'acl'
      if (!asks || facts.complete !== true || facts.acl_outcomes || item.input.told) continue
      // A document that is given with the question is a record of the host's: that is what a page asks about.
      const { properties, ...rest } = resource
      const stored = properties && item.input.action !== 'create' && { [resource.id ?? 'asked']: properties }
      yield {
        about: `${name}: ${item.about}`,
        policy: item.policy ?? file.policy ?? 'oarepo',
        changes: item.changes ?? file.changes,
        facts: stored ? { ...facts, records: { ...facts.records, ...stored } } : facts,
        question: stored ? { ...item.input, resource: { ...rest, id: resource.id ?? 'asked' } } : item.input,
      }
    }
  }
}

const made = new Map()

async function bothOf(policy, changes) {
  const key = JSON.stringify([policy, changes])
  if (!made.has(key)) {
    const tools = await createTools({ policy, changes })
    made.set(key, {
      engine: await createEngine({ policy, changes }),
      checker: await createChecker({ policy: tools.compiled() }),
    })
    tools.free()
  }
  return made.get(key)
}

test('a page answers as the host does, or does not know', async () => {
  const counts = { asked: 0, lists: 0, lost: [], none: 0 }
  for (const { about, policy, changes, facts, question } of questions()) {
    const { engine, checker } = await bothOf(policy, changes)
    let told
    try {
      told = engine.factsFor({ subject: question.subject, records: facts.records ?? {} }, facts)
    } catch (error) {
      // A host's own process has no view, nor has who is not wholly known; and whether a link still lives, only the time tells.
      assert.deepEqual(
        [error.name, error.path],
        ['LictorError', question.subject.type === 'system' ? 'query.subject' : 'facts'],
        about,
      )
      counts.none++
      continue
    }
    const page = { ...told, ...(facts.time !== undefined && { time: facts.time }) }
    const [here, there] = [engine.check(question, facts), checker.check(question, page)]
    counts.asked++
    if (Object.keys(facts.acls ?? {}).length > 0) counts.lists++
    // Some denials, and a few permissions, rest on what the subject is not shown: only the host can tell.
    if (there.decision === 'unknown') here.decision === 'allow' && counts.lost.push(about)
    else assert.equal(there.decision, here.decision, `${about}\n${JSON.stringify(page)}`)
    assert.equal(engine.check(question, page).decision, there.decision, about)
  }
  assert.ok(counts.asked > 600 && counts.lists > 60, JSON.stringify(counts))
  assert.ok(counts.lost.length < counts.asked / 7 && counts.none < counts.asked / 20, JSON.stringify(counts))
})

test('access lists stay with the host, and what is hidden is not told', async () => {
  const engine = await createEngine()
  const facts = {
    communities: {
      open: { grants: {} },
      hidden: { grants: {}, access: { visibility: 'restricted' } },
    },
    memberships: [{ community: 'open', user: 8, role: 'curator', visible: false }],
    access: [{ action: 'superuser-access', user: 9 }],
    acls: { in: { type: 'id', operation: 'get', records: ['one'], actors: [{ type: 'user', users: [6, 7] }] } },
    records: {
      one: { owners: [1], state: 'published', communities: { primary: 'open' }, restricted: true },
      two: { owners: [1], state: 'published', communities: { primary: 'open' }, restricted: true },
      three: { owners: [1], state: 'published', communities: { primary: 'hidden' }, restricted: true },
    },
    complete: true,
  }
  const { records } = facts
  const told = engine.factsFor({ subject: { type: 'user', id: 6 }, records }, facts)
  assert.deepEqual(Object.keys(told.records), ['one'])
  assert.deepEqual(Object.keys(told.communities), ['open'])
  assert.deepEqual([told.memberships, told.access, told.acls], [[], [], undefined])
  assert.equal(told.acl_outcomes.user, 6)
  assert.deepEqual(told.acl_outcomes.records.one.any, { get: ['allow'] })
  const read = (id, given) =>
    engine.check({ subject: { type: 'user', id: 6 }, action: 'read', resource: { type: 'record', id } }, given)
  for (const id of ['one', 'two', 'three']) assert.equal(read(id, told).decision, read(id, facts).decision, id)
  assert.deepEqual(engine.factsFor({ subject: { type: 'anonymous' }, records }, facts).records, {})
})

test('facts that are not complete make no page', async () => {
  const engine = await createEngine()
  const subject = { type: 'user', id: 6 }
  assert.throws(() => engine.factsFor({ subject, records: {} }, { complete: [{ relation: 'community' }] }), {
    name: 'LictorError',
    path: 'facts',
  })
})
