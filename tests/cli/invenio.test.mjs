// The presets of upstream Invenio on the command line, on every store: communities and members, a submission through its review, requests,
// questions about the site, and what time does.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { COMMUNITIES, RDM } from '../server/invenio-world.mjs'
import { places } from './places.mjs'
import { stand } from './stand.mjs'

const DAY = 86_400_000

for (const { name, make } of places) {
  for (const policy of [RDM, COMMUNITIES]) {
    describe(`${policy} on ${name}`, () => {
      const { folder, opened } = stand(make, { policy, env: { LICTOR_POLICY: policy } })
      const write = (id, value) =>
        opened(async (open) =>
          open.commit([{ op: 'put', key: { relation: 'record', id }, value }], await open.revision()),
        )

      async function ok(...args) {
        const { code, value, err } = await folder.json(...args)
        assert.equal(code, 0, err || JSON.stringify(value))
        return value
      }

      async function refused(code, ...args) {
        const { value, ...result } = await folder.json(...args)
        assert.deepEqual([result.code, value.error?.code], [1, code], JSON.stringify(value))
        return value.error
      }

      test('communities, members and invitations', async () => {
        await ok('communities', 'create', 'plain', 'Plain', '--as', '1')
        await ok('communities', 'create', 'open', 'Open', '--as', '1')
        await ok('communities', 'set', 'open', 'review_policy=open', '--as', '1')
        await ok('members', 'add', 'plain', 'curator', '3')
        await ok('members', 'add', 'open', 'curator', '3')
        const { invited } = await ok('members', 'invite', 'plain', 'manager', '2', '--as', '1')
        const [{ request }] = invited
        assert.deepEqual(
          (await ok('requests', 'list', '--as', '2')).requests.map(({ id }) => id),
          [request],
        )
        await refused('denied', 'requests', 'accept', request, '--as', '1')
        assert.deepEqual(
          (await ok('who', 'accept', request)).users.map(({ id }) => id),
          ['2'],
        )
        assert.equal((await ok('requests', 'accept', request, '--as', '2')).to, 'accepted')
        const { members } = await ok('members', 'list', 'plain', '--as', '3')
        assert.deepEqual(
          members.map(({ user, roles }) => [user, roles]),
          [
            ['1', ['owner']],
            ['2', ['manager']],
            ['3', ['curator']],
          ],
        )
        await refused('last_admin', 'members', 'leave', 'plain', '--as', '1')
      })

      test('questions, also about the site as a whole', async () => {
        const decision = async (...args) => {
          const { out, err } = await folder.lictor('can', ...args, '--json')
          assert.equal(err, '')
          return JSON.parse(out).decision
        }
        assert.equal(await decision('7', 'create', 'site:'), 'allow')
        assert.equal(await decision('7', 'featured_create', 'site:'), 'deny')
        assert.equal(await decision('anonymous', 'create', 'site:'), 'deny')
        assert.equal((await ok('explain', '7', 'featured_create', 'site:')).decision, 'deny')
        assert.equal((await ok('who', 'create', 'site:')).authenticated, 'allow')
        assert.equal(await decision('2', 'invite', 'member:plain', '--with', 'role=manager'), 'allow')
        assert.equal(await decision('2', 'invite', 'member:plain', '--with', 'role=owner'), 'deny')
        assert.equal(await decision('3', 'update', 'community:plain'), 'deny')
        const { message } = await refused('unknown_type', 'records', 'list', '--type', 'site')
        assert.match(message, /known: .*community-submission/)
        await refused('unknown_type', 'records', 'create', '--type', 'site', 'title=x')
      })

      test('what time does, once', async () => {
        const { invited } = await ok('members', 'invite', 'plain', 'reader', '8', '9')
        const [late, early] = invited.map(({ request }) => request)
        const { records } = await opened((open) => open.facts([{ relation: 'record', id: late }]))
        await write(late, { ...records[late], expires: Date.now() - DAY })
        const work = async () => {
          const { jobs } = await ok('housekeeping')
          return Object.fromEntries(jobs.map(({ name, what = [] }) => [name, what]))
        }
        assert.deepEqual((await work()).expire, [`community-invitation ${late} expired`])
        assert.deepEqual((await work()).expire, [])
        assert.deepEqual(
          (await ok('requests', 'list', '-c', 'plain')).requests.map(({ id }) => id),
          [early],
        )
        assert.deepEqual((await ok('check-store')).unreadable, [])
      })

      if (policy === RDM) {
        test('a record is made, changed, reviewed, published and included', async () => {
          await ok('records', 'create', 'title=Comet', '--id', 'r1', '--as', '6')
          assert.deepEqual((await ok('records', 'list', '--as', '7')).records, [])
          await ok('records', 'set', 'r1', 'title=Moon', '--as', '6')
          await refused('denied', 'records', 'set', 'r1', 'title=Mine', '--as', '7')
          const { also } = await ok('records', 'prepare', 'r1', 'plain', '--as', '6')
          const [{ id: request }] = also
          await refused('guarded', 'records', 'run', 'r1', 'publish_draft', '--as', '6')
          await ok('records', 'submit', 'r1', '--as', '6')
          // Whoever reviews is found by the community that the review names.
          const { users } = await ok('who', 'update', 'r1')
          assert.deepEqual(
            users.map(({ id }) => id),
            ['1', '2', '3', '6'],
          )
          await refused('denied', 'requests', 'accept', request, '--as', '6')
          await ok('requests', 'accept', request, '--as', '3')
          assert.equal((await ok('records', 'show', 'r1', '--as', 'anonymous')).record.status, 'published')
          const included = await ok('records', 'include', 'r1', 'open', '--as', '6')
          await ok('requests', 'accept', included.also[0].id, '--as', '3')
          const { records } = await ok('records', 'list', '-c', 'open', '--as', 'anonymous')
          assert.deepEqual(
            records.map(({ id }) => id),
            ['r1'],
          )
          // What is published leaves a tombstone, a draft nothing.
          await ok('records', 'create', 'title=Sun', '--id', 'r3', '--as', '6')
          await refused('denied', 'records', 'delete', 'r3', '--as', '7')
          assert.equal((await ok('records', 'delete', 'r3', '--as', '6')).to, null)
          await refused('unknown_record', 'records', 'show', 'r3', '--as', '6')
          await refused('unknown_value', 'records', 'delete', 'r1', '--reason', 'boredom')
          assert.equal((await ok('records', 'delete', 'r1', '--reason', 'spam')).to, 'D')
          await ok('records', 'run', 'r1', 'update_tombstone', 'reason=fraud', 'is_visible:=false')
          const { tombstone } = (await ok('records', 'show', 'r1')).record
          assert.deepEqual([tombstone.removal_reason, tombstone.is_visible], [{ id: 'fraud' }, false])
          await ok('records', 'restore', 'r1')
          // A draft takes the place of what is published; a new version is one more.
          const draft = await ok('records', 'run', 'r1', 'edit_record', '--as', '6')
          assert.deepEqual(draft.also, [{ id: 'r1.draft', type: 'record', state: 'draft_of_published' }])
          await ok('records', 'set', 'r1.draft', 'title=Star', '--as', '6')
          assert.equal((await ok('records', 'run', 'r1.draft', 'publish_edit', '--as', '6')).to, null)
          assert.equal((await ok('records', 'show', 'r1', '--as', '6')).record.title, 'Star')
          const version = await ok('records', 'run', 'r1', 'make_version', '--as', '6')
          assert.deepEqual(version.also, [{ id: version.made.record, type: 'record', state: 'new_version_draft' }])
          await ok('records', 'delete', version.made.record, '--as', '6')
          // An embargo that is over is lifted, and published records without one are left alone.
          const { record } = await ok('records', 'show', 'r1', '--as', '6')
          const embargo = { active: true, until: '2001-01-01' }
          await write('r2', { ...record, access: { record: 'restricted', files: 'restricted', embargo } })
          const { jobs } = await ok('housekeeping')
          const lifted = jobs.find(({ name }) => name === 'lift-embargo')
          assert.deepEqual(lifted, { name: 'lift-embargo', done: 1, what: ['record r2 is no longer under embargo'] })
        })
      } else {
        test('requests about records that are kept elsewhere', async () => {
          const given = ['--type', 'community-submission', '--id', 's1', '-c', 'plain', '--as', '6']
          await ok('records', 'create', ...given, 'topic.record=r9')
          await ok('records', 'run', 's1', 'submit', '--as', '6')
          const { requests } = await ok('requests', 'list', '--type', 'community-submission', '--as', '3')
          assert.deepEqual(
            requests.map(({ id }) => id),
            ['s1'],
          )
          await refused('denied', 'requests', 'accept', 's1', '--as', '6')
          assert.equal((await ok('requests', 'accept', 's1', '--as', '3')).to, 'accepted')
          await refused('unknown_type', 'records', 'create', 'title=x')
          await refused('unknown_type', 'records', 'list')
        })
      }
    })
  }
}
