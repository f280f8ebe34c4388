// The whole model as programs use it, on every store: settings, members, requests, records and what is done to them.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { places } from './places.mjs'
import { checkShape } from './shapes.mjs'
import { stand } from './stand.mjs'

const DAY = 86_400_000

for (const { name, make } of places) {
  describe(`on ${name}`, () => {
    const { folder, ok, refused: refusedWith, opened } = stand(make, { policy: 'repository' })
    const refused = (code, ...args) => refusedWith(1, code, ...args)
    const stored = async (id) => (await opened((open) => open.facts([{ relation: 'record', id }]))).records[id]
    const community = async (id) =>
      (await opened((open) => open.facts([{ relation: 'community', id }]))).communities[id]

    test('members come, change and go', async () => {
      await ok('communities create', 'communities', 'create', 'astro', 'Astronomy')
      await ok('communities create', 'communities', 'create', 'ocean', 'Oceanography')
      assert.deepEqual((await ok('members', 'members', 'add', 'astro', 'admin', '1')).changed, [{ user: '1' }])
      await ok('members', 'members', 'add', 'ocean', 'curator', '4')
      const { invited } = await ok(
        'members invite',
        'members',
        'invite',
        'astro',
        'curator',
        '2',
        '3',
        '5',
        '--as',
        '1',
      )
      assert.equal(new Set(invited.map(({ request }) => request)).size, 3)
      for (const { user, request } of invited.slice(0, 2)) {
        const { from, to } = await ok('ran', 'requests', 'accept', request, '--as', user)
        assert.deepEqual([from, to], ['submitted', 'accepted'])
      }
      await ok('ran', 'requests', 'decline', invited[2].request, '--as', '5')
      // All or nobody: the second of these is no member.
      const { path } = await refused('not_found', 'members', 'role', 'astro', 'manager', '2', '5', '--as', '1')
      assert.equal(path, 'call.members[1]')
      await ok('members', 'members', 'role', 'astro', 'manager,publisher', '3', '--as', '1')
      await refused('last_admin', 'members', 'leave', 'astro', '--as', '1')
      await refused('own_role', 'members', 'role', 'astro', 'member', '1', '--as', '1')
      await refused('unknown_community', 'members', 'list', 'nowhere')
      const { members } = await ok('members list', 'members', 'list', 'astro', '--as', '1')
      assert.deepEqual(
        members.map(({ user, roles }) => [user, roles]),
        [
          ['1', ['admin']],
          ['2', ['curator']],
          ['3', ['manager', 'publisher']],
        ],
      )
    })

    test('a record is made, reviewed, published and included', async () => {
      const { id } = await ok('records create', 'records', 'create', 'title=Comet', '-c', 'astro', '--as', '6')
      const { community } = await ok('records create', 'records', 'create', 'title=Alone', '--id', 'alone', '--as', '6')
      assert.equal(community, null)
      const { also } = await ok('ran', 'records', 'submit', id, '--as', '6')
      assert.deepEqual(
        also.map(({ type, state }) => [type, state]),
        [['review', 'submitted']],
      )
      const waiting = await ok('requests list', 'requests', 'list', '-c', 'astro', '--as', '2')
      assert.deepEqual(
        waiting.requests.map(({ id }) => id),
        [also[0].id],
      )
      assert.deepEqual((await ok('requests list', 'requests', 'list', '--as', '9')).requests, [])
      assert.equal((await ok('ran', 'requests', 'accept', also[0].id, '--as', '2')).to, 'approved')
      assert.equal((await ok('ran', 'records', 'run', id, 'publish', '--as', '3')).to, 'published')
      const included = await ok('ran', 'records', 'include', id, 'ocean', '--as', '6')
      await ok('ran', 'requests', 'accept', included.also[0].id, '--as', '4')
      assert.deepEqual((await stored(id)).communities, { primary: 'astro', secondary: ['ocean'] })
      const { records } = await ok('records list', 'records', 'list', '-c', 'ocean', '--as', 'anonymous')
      assert.deepEqual(
        records.map(({ id }) => id),
        [id],
      )
    })

    test('records with a word in a field come first, whatever page they stand on', async () => {
      const ids = Array.from({ length: 230 }, (_, n) => `item-${String(n).padStart(3, '0')}`)
      // Some on each of the store's pages, and one with nothing said.
      const isOpen = (n) => n % 50 === 7
      const item = (n) => ({ $type: 'electronic-item', ...(n > 0 && { open_access: isOpen(n) }) })
      await opened(async (open) => {
        const put = ids.map((id, n) => ({ op: 'put', key: { relation: 'record', id }, value: item(n) }))
        await open.commit(put, await open.revision())
      })
      const list = async (...more) => {
        const { records, more: left } = await ok(
          'records list',
          'records',
          'list',
          '--type',
          'electronic-item',
          ...more,
        )
        return [records.map(({ id }) => id), left]
      }
      const ordered = [...ids.filter((_, n) => isOpen(n)), ...ids.filter((_, n) => !isOpen(n))]
      const first = ['--first', 'open_access=true']
      assert.deepEqual(await list('--limit', '500'), [ids, false])
      assert.deepEqual(await list(...first, '--limit', '500'), [ordered, false])
      for (const limit of [4, 5, 6, 150]) {
        assert.deepEqual(await list(...first, '--limit', String(limit)), [ordered.slice(0, limit), true])
      }
      for (const word of ['open_access=false', 'title=a', 'open_access', '=']) {
        const { path } = await refused('malformed', 'records', 'list', '--type', 'electronic-item', '--first', word)
        assert.equal(path, 'first')
      }
    })

    test('what must not come together is counted in the store', async () => {
      const { code } = await refused('guarded', 'communities', 'set', 'astro', 'visibility=restricted', '--as', '1')
      assert.equal(code, 'guarded')
      assert.equal((await community('astro')).access?.visibility, undefined)
      await ok('communities set', 'communities', 'set', 'ocean', 'member_policy=open')
      const { request } = await ok('members request', 'members', 'request', 'ocean', '--as', '8')
      const { message } = await refused('open_requests', 'communities', 'delete', 'ocean')
      assert.match(message, /lictor requests list -c ocean/)
      await ok('ran', 'requests', 'cancel', request, '--as', '8')
      await ok('communities change', 'communities', 'delete', 'ocean', '--reason', 'moved')
      const gone = await community('ocean')
      assert.equal(gone.deletion.reason, 'moved')
      assert.equal('counted' in gone, false, 'what was counted for the call is not stored')
      await ok('communities change', 'communities', 'restore', 'ocean')
      await ok('communities show', 'communities', 'show', 'ocean')
      await ok('communities settings', 'communities', 'settings')
    })

    test('questions about other things than records', async () => {
      const asked = async (user, action, resource, ...more) =>
        (await ok('explain', 'explain', user, action, resource, ...more)).decision
      assert.equal(await asked('1', 'rename', 'community:astro'), 'allow')
      assert.equal(await asked('2', 'rename', 'community:astro'), 'deny')
      assert.equal(await asked('3', 'invite', 'member:astro', '--with', 'role=admin'), 'deny')
      assert.equal(await asked('3', 'invite', 'member:astro', '--with', 'role=member'), 'allow')
      assert.equal(await asked('3', 'remove', 'member:astro/2'), 'allow')
      const { users } = await ok('who', 'who', 'update', 'community:astro')
      assert.deepEqual(
        users.map(({ id }) => id),
        ['1'],
      )
      const yes = await folder.json('can', '9', 'create', '--no-community')
      checkShape('can', yes.value)
      assert.deepEqual([yes.code, yes.value.decision], [0, 'allow'])
      assert.equal((await folder.lictor('can', '9', 'rename', 'community:astro')).code, 1)
    })

    test('what time does to records is done once', async () => {
      const { invited } = await ok('members invite', 'members', 'invite', 'astro', 'member', '10', '11')
      const [first, second] = invited.map(({ request }) => request)
      const draft = ['access.record=restricted', 'access.files=restricted']
      const until = 'access.embargo:={"active":true,"until":"2001-01-01"}'
      const later = 'access.embargo:={"active":true,"until":"2999-01-01"}'
      await ok('records create', 'records', 'create', '--id', 'past', '-c', 'astro', ...draft, until, '--as', '6')
      await ok('records create', 'records', 'create', '--id', 'future', '-c', 'astro', ...draft, later, '--as', '6')
      await ok('records create', 'records', 'create', '--id', 'late', '-c', 'astro', '--as', '6')
      const review = (await ok('ran', 'records', 'submit', 'late', '--as', '6')).also[0].id
      const aged = async (id) => ({
        op: 'put',
        key: { relation: 'record', id },
        value: { ...(await stored(id)), expires: Date.now() - DAY },
      })
      const changes = [await aged(first), await aged(review)]
      await opened(async (open) => open.commit(changes, await open.revision()))

      const work = async () => {
        const { jobs } = await ok('housekeeping', 'housekeeping')
        return Object.fromEntries(jobs.map(({ name, what = [] }) => [name, what]))
      }
      const done = await work()
      assert.deepEqual(done.expire.toSorted(), [`invitation ${first} expired`, `review ${review} expired`].toSorted())
      assert.deepEqual(done['lift-embargo'], ['record past is no longer under embargo'])
      assert.deepEqual([(await stored(first)).status, (await stored(second)).status], ['expired', 'submitted'])
      assert.deepEqual([(await stored('late')).state, (await stored(review)).status], ['editing', 'expired'])
      assert.deepEqual((await stored('past')).access, { record: 'public', files: 'public', embargo: { active: false } })
      assert.equal((await stored('future')).access.embargo.active, true)
      const { members } = await ok('members list', 'members', 'list', 'astro')
      assert.deepEqual(
        [members.some(({ user }) => user === '10'), members.some(({ user }) => user === '11')],
        [false, true],
      )

      const was = await opened((open) => open.revision())
      const again = await work()
      assert.deepEqual([again.expire, again['lift-embargo']], [[], []])
      assert.equal(await opened((open) => open.revision()), was)
    })
  })
}
