// `lictor acl`: what programs get of it, and that bad lists change nothing, on every store.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { places } from './places.mjs'
import { stand } from './stand.mjs'

const LIST = ['--operation', 'get', '--schema', 'record']

for (const { name, make } of places) {
  describe(`on ${name}`, () => {
    const env = { LICTOR_POLICY: 'explicit-acls' }
    const { folder, ok, refused, opened } = stand(make, { policy: 'explicit-acls', env })
    const file = (named, value) => {
      writeFileSync(`${folder.path}/${named}`, JSON.stringify(value))
      return ['--file', named]
    }
    const create = (...args) => ['acl', 'create', ...args]

    test('made, tried, changed, listed, explained, removed', async () => {
      const { code, err } = await folder.lictor('roles', 'create', 'staff')
      assert.equal(code, 0, err)
      for (const [id, faculty] of [
        ['r1', 'law'],
        ['r2', 'law'],
        ['r3', 'arts'],
      ])
        await ok('records create', 'records', 'create', `faculty=${faculty}`, '--id', id)
      const made = await ok('acl create', ...create(...LIST, '--user', '1', '--id', 'all'))
      assert.deepEqual([made.type, made.actors], ['default', [{ type: 'user', users: ['1'] }]])
      const law = [...LIST, '--query', '{"term": {"faculty": "law"}}', '--priority', '5', '--role', 'lawyers']
      const { acl, found } = await ok('acl create --dry-run', ...create(...law, '--id', 'law', '--dry-run'))
      assert.deepEqual([acl.id, found.ids], ['law', ['r1', 'r2']])
      assert.equal((await ok('acl list', 'acl', 'list')).acls.length, 1, 'nothing was written')
      await ok('acl create', ...create(...law, '--id', 'law'))
      const { matched } = await ok('acl explain', 'acl', 'explain', 'r1')
      assert.deepEqual(
        matched.map(({ id, counts }) => [id, counts]),
        [
          ['law', 'allow'],
          ['all', 'deny'],
        ],
      )
      const edited = await ok('acl edit', 'acl', 'edit', 'law', '--record', 'r3', '--deny')
      const { type, records, query, effect, priority, actors } = edited
      assert.deepEqual([type, records, query, effect, priority], ['id', ['r3'], undefined, 'deny', 5])
      assert.deepEqual(actors, [{ type: 'role', roles: ['lawyers'] }])
      const done = await ok('acl reapply', 'acl', 'reapply', '--out', 'changed.jsonl')
      assert.deepEqual([done.outcome, done.records], ['done', 3])
      const lines = readFileSync(`${folder.path}/changed.jsonl`, 'utf8').trim().split('\n').map(JSON.parse)
      assert.deepEqual(
        lines.map(({ id, field }) => [id, field.map((entry) => entry.id)]),
        [
          ['r1', ['all']],
          ['r2', ['all']],
          ['r3', []],
        ],
      )
      await ok('acl delete', 'acl', 'delete', 'law')
      assert.deepEqual((await ok('acl list', 'acl', 'list')).acls, [made])
    })

    test('a list that the engine no longer reads is named, and the host takes it away', async () => {
      const list = { type: 'query', schemas: ['record'], operation: 'get', query: { fuzzy: { a: 'b' } }, actors: [] }
      const put = { op: 'put', key: { relation: 'acl', id: 'old' }, value: list }
      await opened(async (open) => open.commit([put], await open.revision()))
      const told = async (path, ...args) => {
        const error = await refused(1, 'unknown_field', ...args)
        assert.equal(error.path, path)
        assert.match(error.message, /`lictor acl delete`/)
      }
      await told('facts.acls.old.query.fuzzy', 'acl', 'list')
      await told('facts.acls.old.query.fuzzy', 'acl', 'delete', 'old', '--as', '1')
      await told('changes.acls.old.query.fuzzy', 'acl', 'reapply', '--out', 'changed.jsonl')
      await told('facts.acls.old.query.fuzzy', 'policy', 'impact', 'explicit-acls')
      // What a file says is mended in the file.
      file('facts.json', { acls: { old: list }, complete: true })
      for (const command of ['lint', 'impact']) {
        const error = await refused(1, 'unknown_field', 'policy', command, 'explicit-acls', '--facts', 'facts.json')
        assert.equal(error.path, 'facts.acls.old.query.fuzzy')
        assert.doesNotMatch(error.message, /lictor acl/)
      }
      assert.deepEqual(await ok('acl delete', 'acl', 'delete', 'old'), { id: 'old', was: list })
      assert.ok((await ok('acl list', 'acl', 'list')).acls.every(({ id }) => id !== 'old'))
      await refused(1, 'not_found', 'acl', 'delete', 'old')
    })

    test('bad lists are told where, and nothing is written', async () => {
      const at = async (path, code, ...args) => {
        const error = await refused(1, code, ...args)
        assert.match(error.path, path)
        return error
      }
      let deep = { match_all: {} }
      for (let level = 0; level < 500; level += 1) deep = { bool: { must: deep } }
      const query = { type: 'query', schemas: ['record'], operation: 'get', query: deep, actors: [] }
      await at(/^call\.acl\.query\.bool/, 'too_deep', ...create(...file('deep.json', query)))
      const users = Array.from({ length: 100_000 }, (_, n) => n)
      const many = { type: 'default', schemas: ['record'], operation: 'get', actors: [{ type: 'user', users }] }
      await at(/^call\.acl\.actors\[0\]\.users$/, 'too_large', ...create(...file('many.json', many)))
      // A file of 10^6 of them is not even read.
      const more = { ...many, actors: [{ type: 'user', users: Array.from({ length: 1_000_000 }, (_, n) => n) }] }
      assert.match((await refused(2, 'usage', ...create(...file('more.json', more)))).message, /larger than/)
      await at(/^call\.acl\.schemas$/, 'missing_field', ...create('--operation', 'get', '--user', '1'))
      await at(/^call\.acl\.schemas\[1\]$/, 'unknown_value', ...create(...LIST, '--schema', 'spell'))
      const escaping = await refused(1, 'malformed', ...create(...LIST, '--record-user', '/creator/~2'))
      assert.equal(escaping.path, 'call.acl.actors[0].path')
      assert.match(escaping.message, /^acl\.actors\[0\]\.path: /)
      await at(/^call\.acl\.operation$/, 'missing_field', ...create('--schema', 'record'))
      await refused(1, 'duplicate', ...create(...LIST, '--id', 'all'))
      await refused(1, 'denied', ...create(...LIST, '--as', '7'))
      await refused(1, 'not_found', 'acl', 'delete', 'nothing')
      await refused(1, 'not_found', 'acl', 'edit', 'all', '--deny', '--as', '7')
      await refused(1, 'unknown_record', 'acl', 'explain', 'nothing')
      await refused(2, 'usage', ...create(...LIST, '--priority', 'high'))
      await refused(2, 'usage', ...create('--file', 'nowhere.json'))
      await refused(2, 'usage', 'acl', 'reapply')
      assert.match((await refused(2, 'usage', ...create('--query', '{"term"'))).message, /^`--query` is not JSON/)
      await refused(1, 'unknown_action', '--policy', 'oarepo', 'acl', 'list')
    })
  })
}

describe('under the default policy', () => {
  const { ok, refused } = stand(places[0].make)

  test('an owner lets somebody read what is withheld, and takes that back', async () => {
    await ok('communities create', 'communities', 'create', 'c', 'C')
    await ok('records create', 'records', 'create', 'owners:=[1]', 'state=published', 'restricted:=true', '--id', 'r')
    const mine = ['acl', 'create', '--operation', 'get', '--record', 'r', '--user', '2', '--id', 'mine', '--as']
    await refused(1, 'denied', ...mine, '2')
    await ok('acl create --dry-run', ...mine, '1', '--dry-run')
    await ok('acl create', ...mine, '1')
    const ids = async (...as) => (await ok('acl list', 'acl', 'list', ...as)).acls.map(({ id }) => id)
    assert.deepEqual([await ids(), await ids('--as', '1'), await ids('--as', '2')], [['mine'], ['mine'], []])
    await ok('acl edit', 'acl', 'edit', 'mine', '--user', '3', '--as', '1')
    await ok('acl delete', 'acl', 'delete', 'mine', '--as', '1')
    assert.deepEqual(await ids(), [])
  })
})
