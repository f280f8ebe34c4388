// The import itself: what it makes of an export, what it tells of the rest, and what it does with one that is wrong.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createEngine } from 'lictor'
import { importInvenio } from 'lictor/invenio'
import { openMemoryStore } from 'lictor/store'
import { openSqliteStore } from 'lictor/store/sqlite'
import { makeFolder } from '../cli/run.mjs'
import { checkShape } from '../cli/shapes.mjs'
import { imported, POLICY, sourceOf } from './compare.mjs'
import { smallExport } from './small.mjs'
import { A, B, LAB } from './small-ids.mjs'

const engine = await createEngine({ policy: POLICY })

/** The export with one thing in it changed. */
function changed(change) {
  const files = smallExport()
  change(files)
  return files
}
const hit = (files, name, i = 0) => files[name].hits.hits[i]

async function refusal(files) {
  const store = await openMemoryStore({}, { columns: engine })
  const before = await store.revision()
  try {
    await importInvenio(engine, store, sourceOf(files))
  } catch (error) {
    assert.equal(await store.revision(), before, 'something was written')
    assert.equal(error.name, 'LictorError', error.stack)
    return error.faults
  }
  return assert.fail('it was taken')
}

test('shapes: what stands where the preset looks for it', async () => {
  const { store, report } = await imported(engine, sourceOf(smallExport()))
  const { users, communities, memberships, records } = await store.all()
  assert.deepEqual(users['6'], { name: 'Person 6', active: false, confirmed: true, roles: [LAB] })
  assert.deepEqual([communities[A].type, communities[A].access.review_policy], ['project', 'open'])
  const of = (user) => memberships.find((one) => one.user === user && one.community === A)
  assert.deepEqual(of('7'), { community: A, user: '7', role: 'invitee', as: 'curator', request: 'q2' })
  assert.deepEqual(of('1'), { community: A, user: '1', role: 'applicant', as: 'reader', request: 'q4' })
  assert.deepEqual(
    memberships.filter(({ group }) => group),
    [{ community: B, group: LAB, role: 'reader' }],
  )
  assert.equal(records['pub00-00001'].status, 'published')
  assert.equal(records['pub00-00001'].external_doi, true)
  assert.equal(records['pub00-00001.draft'].status, 'draft_of_published')
  const together = ['pub00-00001', 'pub00-00001.draft']
  for (const id of together) assert.deepEqual(records[id].parent.records, together)
  assert.equal(records['del00-00004'].status, 'D')
  assert.equal(records['del00-00004'].parent.records, undefined)
  assert.deepEqual(records['res00-00002'].parent.access.links[0].permission, 'view')
  assert.deepEqual(records['res00-00005'].parent.inclusions, [{ community: A, request: 'q3' }])
  assert.deepEqual(records.q3.topic_communities, [B])
  assert.doesNotMatch(JSON.stringify(await store.all()), /TOKEN|@example|a copy/)
  assert.deepEqual(report.written, { made: report.written.made, replaced: 0, same: 0 })
  assert.equal(report.taken.records, 5)
})

test('what waits goes on: an invitation, a review and an inclusion are answered', async () => {
  const { store } = await imported(engine, sourceOf(smallExport()))
  const answer = async (user, type, id) => {
    const call = { do: 'transition', subject: { type: 'user', id: user }, resource: { type, id }, transition: 'accept' }
    const done = engine.step(call, { ...(await store.all()), time: Date.UTC(2026, 10, 22) })
    assert.equal(done.outcome, 'ok', JSON.stringify(done.error))
    await store.commit(done.changes, await store.revision())
  }
  await answer('7', 'community-invitation', 'q2')
  await answer('8', 'community-membership-request', 'q4')
  await answer('8', 'community-submission', 'q1')
  await answer('8', 'community-inclusion', 'q3')
  const { memberships, records } = await store.all()
  const roles = memberships.filter(({ community }) => community === A).map(({ user, role }) => `${user} ${role}`)
  assert.deepEqual(roles.sort(), ['1 reader', '2 curator', '3 reader', '7 curator', '8 owner'])
  assert.equal(records['dra00-00006'].status, 'published')
  assert.deepEqual(records['res00-00005'].parent.communities.ids.toSorted(), [A, B])
})

test('what an index kept of access lists is not taken, wherever the policy has it', async () => {
  const files = changed((files) => {
    Object.assign(hit(files, 'records.json'), {
      _invenio_explicit_acls: [{ user: ['9'] }],
      kept: { lists: ['9'], other: 1 },
    })
  })
  const { id } = hit(files, 'records.json')
  const others = await createEngine({ policy: POLICY, changes: { acls: { materialised: 'kept.lists' } } })
  for (const [own, kept] of [
    [engine, { lists: ['9'], other: 1 }],
    [others, { other: 1 }],
  ]) {
    const { store, report } = await imported(own, sourceOf(files))
    const { records } = await store.all()
    assert.equal(records[id]._invenio_explicit_acls, undefined)
    assert.deepEqual(records[id].kept, kept)
    assert.ok(report.noted.some(({ what, why }) => what === 'records._invenio_explicit_acls' && why === 'derived'))
  }
})

test('nothing is left in silence', async () => {
  const files = changed((files) => {
    files['moderation.json'] = []
    hit(files, 'requests.json', 3).type = 'sorcery'
    hit(files, 'members/alps.json', 2).member.type = 'email'
    hit(files, 'records.json').spells = ['abracadabra']
    hit(files, 'communities.json').parent = { id: B }
    hit(files, 'records.json', 1).parent.access.links.push({ id: 'nowhere' })
    files['users.json'][0].wand = 'holly'
    files['requests.json'].hits.hits[0].topic.record = 'gone'
  })
  const { store, report } = await imported(engine, sourceOf(files))
  const told = Object.fromEntries(report.noted.map(({ what, why, count, example }) => [what, [why, count, example]]))
  assert.deepEqual(told['files named moderation.json'], ['unknown', 1, 'moderation.json'])
  assert.deepEqual(told['requests of type sorcery'], ['unknown', 1, 'requests.json: hits.hits[3]'])
  assert.deepEqual(told['members of type email'], ['unknown', 1, 'members/alps.json: hits.hits[2].member.type'])
  assert.deepEqual(told['records.spells'], ['kept', 1, 'records.json: hits.hits[0].spells'])
  assert.deepEqual(told['communities.parent'], ['no_place', 1, 'communities.json: hits.hits[0].parent'])
  assert.deepEqual(told['users.wand'], ['unknown', 1, 'users.json: [0].wand'])
  assert.deepEqual(told['requests about records that are not there'], [
    'unknown',
    1,
    'requests.json: hits.hits[0].topic.record',
  ])
  assert.deepEqual(told['secret links that links.json does not hold'], [
    ...['unknown', 1, 'records.json: hits.hits[1].parent.access.links[2]'],
  ])
  const { records } = await store.all()
  assert.deepEqual(records['pub00-00001'].spells, ['abracadabra'])
  assert.equal(records.q4, undefined)
})

test('twice is once; what changed is replaced; what was added here stays', async () => {
  const store = await openMemoryStore({}, { columns: engine })
  const first = await importInvenio(engine, store, sourceOf(smallExport()))
  await store.commit([{ op: 'put', key: { relation: 'user', id: '99' }, value: { roles: [] } }], await store.revision())
  const revision = await store.revision()
  const second = await importInvenio(engine, store, sourceOf(smallExport()))
  assert.deepEqual(second.written, { made: 0, replaced: 0, same: first.written.made })
  assert.equal(await store.revision(), revision)
  const files = changed((files) => (hit(files, 'records.json').access.record = 'restricted'))
  assert.deepEqual((await importInvenio(engine, store, sourceOf(files))).written, {
    ...{ made: 0, replaced: 1, same: first.written.made - 1 },
  })
  assert.ok((await store.all()).users['99'])
})

test('many are written in parts, denials first; one that was cut short goes on', async () => {
  const files = changed((files) => {
    const [one] = files['records.json'].hits.hits
    const more = Array.from({ length: 1_200 }, (_, i) => ({ ...one, id: `more-${i}` }))
    files['records.json'].hits.hits.push(...more)
    files['records.json'].hits.total += more.length
  })
  const store = await openMemoryStore({}, { columns: engine })
  const steps = []
  let writes = 0
  const cut = new Proxy(store, {
    get(target, name) {
      if (name !== 'write') return typeof target[name] === 'function' ? target[name].bind(target) : target[name]
      return (write) => {
        if (write.changes && ++writes === 3) throw new Error('the line was cut')
        return target.write(write)
      }
    },
  })
  await assert.rejects(importInvenio(engine, cut, sourceOf(files)), /the line was cut/)
  const half = await store.all()
  assert.ok(half.access.length > 0 && Object.keys(half.communities).length > 0)
  assert.ok(Object.keys(half.records ?? {}).length < 1_200)
  const { written } = await importInvenio(engine, store, sourceOf(files), { onProgress: (at) => steps.push(at) })
  assert.ok(written.same > 0 && written.made > 0)
  assert.equal(Object.keys((await store.all()).records).length, 1_200 + 5 + 2 + 4)
  const written500 = steps.filter(({ step }) => step === 'write').map(({ done, total }) => [done, total])
  const total = written.same + written.made
  assert.deepEqual(written500, [
    [500, total],
    [1_000, total],
    [total, total],
  ])
})

const WRONG = {
  'a file that is not JSON': [(files) => (files['records.json'] = '{"hits": '), /^records\.json$/],
  'no list of members': [(files) => delete files['members/baltic.json'], /^members\/baltic\.json$/],
  'one page of several': [(files) => (files['records.json'].hits.total = 99), /^records\.json: hits\.total$/],
  'a record twice': [(files) => (hit(files, 'records.json', 1).id = 'pub00-00001'), /^records\.json: hits\.hits\[1\]$/],
  'a record without an id': [(files) => delete hit(files, 'records.json').id, /^records\.json: hits\.hits\[0\]\.id$/],
  'access of a word nobody knows': [
    (files) => (hit(files, 'records.json').access.record = 'secret'),
    /^records\.json: hits\.hits\[0\]\.access\.record$/,
  ],
  'access that is not said': [
    (files) => delete hit(files, 'records.json').access,
    /^records\.json: hits\.hits\[0\]\.access\.files$/,
  ],
  'an owner who is a list': [
    (files) => (hit(files, 'records.json').parent.access.owned_by.user = [[]]),
    /^records\.json: hits\.hits\[0\]\.parent\.access\.owned_by\.user/,
  ],
  'a state of deletion nobody knows': [
    (files) => (hit(files, 'records.json').deletion_status.status = 'Q'),
    /^records\.json: hits\.hits\[0\]\.deletion_status\.status$/,
  ],
  'a setting nobody knows': [
    (files) => (hit(files, 'communities.json').access.review_policy = 'curators'),
    /^communities\.json: hits\.hits\[0\]\.access\.review_policy$/,
  ],
  'a setting of another system': [
    (files) => (hit(files, 'communities.json').access.mood = 'good'),
    /^communities\.json: hits\.hits\[0\]\.access\.mood$/,
  ],
  'a role nobody knows': [
    (files) => (hit(files, 'members/alps.json').role = 'wizard'),
    /^members\/alps\.json: hits\.hits\[0\]\.role$/,
  ],
  'a member twice': [
    (files) => (hit(files, 'members/alps.json', 1).member.id = 8),
    /^members\/alps\.json: hits\.hits\[1\]$/,
  ],
  'a row for nobody': [(files) => delete files['actions.json'][0].subject, /^actions\.json: \[0\]\.subject$/],
  'a row that neither allows nor denies': [
    (files) => (files['actions.json'][0].exclude = 'maybe'),
    /^actions\.json: \[0\]\.exclude$/,
  ],
  'files that disagree about a role': [(files) => files['roles.json'][0].users.push(1), /^users\.json: \[0\]$/],
  'files that disagree the other way round': [
    (files) => files['roles.json'].forEach((role) => (role.users = [])),
    /^users\.json: \[\d+\]$/,
  ],
  'a link that gives what no link gives': [
    (files) => (files['links.json'].by_record['res00-00002'].hits.hits[0].permission = 'manage'),
    /^links\.json: by_record\["res00-00002"\]\.hits\.hits\[0\]\.permission$/,
  ],
  'a state no request is in': [
    (files) => (hit(files, 'requests.json').status = 'lost'),
    /^requests\.json: hits\.hits\[0\]\.status$/,
  ],
  'lists that are none': [
    (files) => Object.assign(files, { 'users.json': 7, 'records.json': { hits: { hits: { a: 1 } } } }),
    /^(users\.json: |records\.json: )hits\.hits$/,
  ],
  'an id too long to be one': [
    (files) => (hit(files, 'records.json').id = 'x'.repeat(600)),
    /^records\.json: hits\.hits\[0\]$/,
  ],
  'half a character': [(files) => (files['users.json'][0].full_name = '\ud800'), /./],
  'a document too deep': [
    (files) => (hit(files, 'records.json').metadata = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`)),
    /^records\.json: hits\.hits\[0\]/,
  ],
}

for (const [what, [change, path]] of Object.entries(WRONG)) {
  test(`nothing is written: ${what}`, async () => {
    const faults = await refusal(changed(change))
    assert.ok(
      faults.some((fault) => path.test(fault.path) && fault.message !== ''),
      JSON.stringify(faults),
    )
  })
}

test('names that mean something to JavaScript are names', async () => {
  const text = JSON.stringify(smallExport()['records.json']).replaceAll('pub00-00001', '__proto__')
  const files = changed((files) => (files['records.json'] = text.replace('"spare":1', '"__proto__":{"polluted":1}')))
  const { store } = await imported(engine, sourceOf(files))
  assert.equal({}.polluted, undefined)
  assert.ok((await store.facts([{ relation: 'record', id: '__proto__' }])).records)
})

test('a policy with other words is refused', async () => {
  const other = await createEngine()
  const store = await openMemoryStore({}, { columns: other })
  await assert.rejects(importInvenio(other, store, sourceOf(smallExport())), /`repository` has no type/)
})

test('the command', { timeout: 120_000 }, async (t) => {
  const folder = makeFolder()
  t.after(() => folder.remove())
  const at = join(folder.path, 'export')
  const write = (files) => {
    mkdirSync(join(at, 'members'), { recursive: true })
    for (const [name, value] of Object.entries(files))
      writeFileSync(join(at, name), typeof value === 'string' ? value : JSON.stringify(value))
  }
  write(smallExport())
  // What a link points to is not of the export.
  symlinkSync('/dev/zero', join(at, 'endless.json'))
  const first = await folder.json('import', 'invenio', 'export')
  assert.equal(first.code, 0, first.err)
  checkShape('import invenio', first.value)
  assert.equal(first.value.taken.communities, 2)
  const again = await folder.json('import', 'invenio', 'export')
  assert.deepEqual(again.value.written, { made: 0, replaced: 0, same: first.value.written.made })
  const said = await folder.lictor('import', 'invenio', 'export')
  assert.match(said.out, /^Imported export: 0 new, 0 replaced, \d+ as they were$/m)
  assert.match(
    said.out,
    /^not taken: there is no place for it here:\n(- .*\n)*- users\.email: 8 \(users\.json: \[0\]\.email\)$/m,
  )
  assert.match(said.err, /^read people: 8$/m)
  const may = (...words) => folder.lictor('can', ...words, '--policy', POLICY)
  assert.equal((await may('7', 'read_record', 'record:res00-00002')).code, 0)
  assert.equal((await may('3', 'read_draft', 'record:res00-00002')).code, 1)
  const roles = await folder.json('roles', 'list')
  assert.deepEqual(roles.value.map(({ name }) => name).sort(), ['admins', LAB].sort())
  // Nothing of a wrong export reaches a store, and every fault is a line.
  write(changed((files) => (hit(files, 'records.json').access = [])))
  const told = await folder.json('import', 'invenio', 'export', '--store', 'other.db')
  checkShape('error', told.value)
  const wrong = await folder.lictor('import', 'invenio', 'export', '--store', 'other.db')
  assert.equal(wrong.code, 1)
  assert.match(wrong.err, /nothing was written\nrecords\.json: hits\.hits\[0\]\.access/)
  for (const [words, message] of [
    [['nowhere'], /cannot be read/],
    [['export/users.json'], /cannot be read/],
    [[], /missing required argument/],
    [['export', '--policy', 'oarepo'], /has no type/],
  ]) {
    const { code, err } = await folder.lictor('import', 'invenio', ...words, '--store', 'third.db')
    assert.ok(code === 1 || code === 2, `${words}: ${code}`)
    assert.match(err, message)
  }
  assert.ok(!readdirSync(folder.path).includes('lictor'))
})

test('a store on disk holds the same', async (t) => {
  const folder = makeFolder()
  t.after(() => folder.remove())
  const open = () => openSqliteStore(join(folder.path, 'x.db'), { columns: engine })
  const [memory, disk] = [await openMemoryStore({}, { columns: engine }), await open()]
  for (const store of [memory, disk]) await importInvenio(engine, store, sourceOf(smallExport()))
  await disk.close()
  const again = await open()
  const [{ revision: _, ...one }, { revision: __, ...other }] = [await memory.all(), await again.all()]
  assert.deepEqual(one, other)
  await again.close()
})
