// Every command as programs use it, on every store.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createEngine } from 'lictor'
import { places } from './places.mjs'
import { pooled } from './run.mjs'
import { record, seed } from './seed.mjs'
import { stand } from './stand.mjs'

for (const { name, make } of places) {
  describe(`on ${name}`, () => {
    const { folder, ok, refused, open, opened } = stand(make)
    const revision = () => opened((open) => open.revision())
    const grants = (id) =>
      opened(async (open) => (await open.facts([{ relation: 'community', id }])).communities[id].grants)

    test('communities create', async () => {
      const words = ['--description', 'A testing community', '--policy', 'By hand', '--ctype', 'project']
      const made = await ok('communities create', 'communities', 'create', 'cesnet', 'CESNET', ...words)
      assert.deepEqual(made.metadata, { description: 'A testing community', curation_policy: 'By hand' })
      assert.equal(made.type, 'project')
      assert.deepEqual(made.roles[1], { name: 'community:cesnet:curator', description: 'CESNET - curator' })
      assert.deepEqual(made.grants, await grants('cesnet'))
      assert.deepEqual(made.grants.member, ['create', 'read'])
    })

    test('what is refused is told to programs, and nothing is written', async () => {
      const create = ['communities', 'create']
      await refused(1, 'duplicate', ...create, 'cesnet', 'Again')
      await refused(1, 'invalid_id', ...create, 'a:b', 'Title')
      await refused(1, 'invalid_id', ...create, 'x'.repeat(64), 'Title')
      await refused(1, 'invalid_id', ...create, 'x', 'y'.repeat(129))
      await refused(1, 'unknown_type', ...create, 'x', 'Title', '--ctype', 'club')
      await refused(1, 'denied', ...create, 'x', 'Title', '--as', '7')
      await refused(2, 'usage', ...create, 'x')
      await refused(1, 'unknown_community', 'actions', 'allow', 'nowhere', 'curator', 'read')
      await refused(1, 'unknown_role', 'actions', 'allow', 'cesnet', 'boss', 'read')
      const { message } = await refused(1, 'unknown_action', 'actions', 'allow', 'cesnet', 'curator', 'publish', 'fly')
      assert.match(message, /`fly`.*request-approval/)
      await refused(1, 'unknown_action', 'actions', 'deny', 'cesnet', 'curator', 'read', 'fly')
      await refused(1, 'denied', 'actions', 'allow', 'cesnet', 'curator', 'publish', '--as', '7')
      await refused(1, 'unknown_record', 'explain', '3', 'read', 'nothing')
      await refused(1, 'unknown_record', 'who', 'read', 'nothing')
      await refused(2, 'unknown_preset', '--policy', 'nothing', 'communities', 'list')
    })

    test('communities list', async () => {
      const [cesnet, ...others] = await ok('communities list', 'communities', 'list')
      assert.deepEqual([cesnet.id, cesnet.title, cesnet.type, others.length], ['cesnet', 'CESNET', 'Project', 0])
    })

    test('actions list', async () => {
      const { actions } = await ok('actions list', 'actions', 'list')
      assert.equal(actions.length, 10)
      const cesnet = await ok('actions list -c', 'actions', 'list', '-c', 'cesnet')
      assert.deepEqual(cesnet.actions, actions)
      assert.deepEqual(cesnet.roles, ['author', 'any', 'member', 'curator', 'manager', 'admin', 'publisher'])
      assert.deepEqual(cesnet.role_actions['revert-approve'], ['admin', 'publisher'])
      assert.deepEqual(cesnet.system_role_actions, {})
    })

    test('allow and deny say what moved, and the second time write nothing', async () => {
      const call = ['cesnet', 'any', 'publish', 'read', 'publish']
      const first = await ok('actions allow', 'actions', 'allow', ...call)
      assert.deepEqual([first.added, first.unchanged], [['publish', 'read'], ['publish']])
      const was = await revision()
      const second = await ok('actions allow', 'actions', 'allow', ...call)
      assert.deepEqual([second.added, second.unchanged], [[], ['publish', 'read']])
      assert.equal(await revision(), was)
      assert.deepEqual((await grants('cesnet')).any.toSorted(), ['publish', 'read'])
      const third = await ok('actions deny', 'actions', 'deny', ...call)
      assert.deepEqual([third.removed, third.unchanged], [['publish', 'read'], ['publish']])
      const fourth = await ok('actions deny', 'actions', 'deny', ...call)
      assert.deepEqual([fourth.removed, fourth.unchanged], [[], ['publish', 'read']])
      assert.deepEqual((await grants('cesnet')).any, [])
    })

    test('explain and who', async () => {
      await seed(open)
      const allowed = await ok('explain', 'explain', '3', 'approve', 'pending')
      assert.deepEqual([allowed.decision, allowed.subject.id], ['allow', '3'])
      const denied = await ok('explain', 'explain', '1', 'update', 'pending')
      assert.deepEqual([denied.decision, denied.conceal], ['deny', false])
      assert.ok(denied.remedies.length > 0)
      // To the subject the record does not exist; the operator is told why all the same.
      const concealed = await ok('explain', 'explain', '4', 'approve', 'pending')
      assert.deepEqual([concealed.decision, concealed.conceal], ['deny', true])
      assert.ok(concealed.reasons.length > 0 && concealed.reasons.every(({ code }) => code !== 'concealed'))
      const who = await ok('who', 'who', 'approve', 'pending')
      assert.deepEqual(
        who.users.map(({ id, decision }) => [id, decision]),
        [
          ['3', 'allow'],
          ['9', 'allow'],
        ],
      )
      assert.equal((await ok('who', 'who', 'read', 'published')).anyone, 'allow')
      // Whoever is signed in submits to a community with the settings of a new one.
      const created = await ok('who', 'who', 'create', '-c', 'cesnet')
      assert.deepEqual([created.anyone, created.authenticated], ['deny', 'allow'])
    })

    test('explain and who agree about everybody', async () => {
      for (const [action, record] of [
        ['read', 'pending'],
        ['update', 'pending'],
        ['request-changes', 'pending'],
        ['unpublish', 'published'],
      ]) {
        const { users } = await ok('who', 'who', action, record)
        const jobs = ['1', '2', '3', '4', '8', '9'].map((user) => async () => {
          const { decision } = await ok('explain', 'explain', user, action, record)
          assert.equal(
            decision === 'allow',
            users.some(({ id }) => id === user),
            `${user} ${action} ${record}`,
          )
        })
        await pooled(jobs)
      }
    })

    test('housekeeping', async () => {
      await ok('housekeeping', 'housekeeping')
    })

    test('check-store', async () => {
      assert.deepEqual((await ok('check-store', 'check-store')).unreadable, [])
      const store = await open(await createEngine())
      const put = (id, state) => ({
        op: 'put',
        key: { relation: 'record', id },
        value: record('cesnet', state, 1),
      })
      await store.commit([put('strange', 'no such state')], await store.revision())
      const { code, out } = await folder.lictor('check-store', '--json')
      const { records, unreadable } = JSON.parse(out)
      assert.deepEqual([code, unreadable.map(({ id }) => id)], [3, ['strange']])
      assert.ok(records > 1)
      assert.match(unreadable[0].why, /no such state/)
      const removed = { op: 'del', key: { relation: 'record', id: 'strange' } }
      await store.commit([removed], await store.revision())
      await store.close()
    })

    test('processes that write at the same time lose nothing', async () => {
      await folder.lictor('communities', 'create', 'crowd', 'Crowd')
      const { allowed_actions } = (await createEngine()).document
      const wanted = ['member', 'curator', 'publisher', 'any', 'author']
      await pooled(
        wanted.flatMap((role) =>
          allowed_actions.map((action) => async () => {
            const { code, err } = await folder.lictor('actions', 'allow', 'crowd', role, action)
            assert.equal(code, 0, err)
          }),
        ),
        8,
      )
      const found = await grants('crowd')
      for (const role of wanted) assert.deepEqual(found[role].toSorted(), allowed_actions.toSorted(), role)
    })

    test('of processes that create the same community one succeeds', async () => {
      const results = await Promise.all(
        Array.from({ length: 6 }, (_, i) => folder.json('communities', 'create', 'race', `Title ${i}`)),
      )
      const made = results.filter(({ code }) => code === 0)
      assert.equal(made.length, 1)
      for (const { code, value } of results)
        if (code !== 0) assert.deepEqual([code, value.error.code], [1, 'duplicate'])
      const listed = await ok('communities list', 'communities', 'list')
      assert.equal(listed.find(({ id }) => id === 'race').title, made[0].value.title)
    })
  })
}
