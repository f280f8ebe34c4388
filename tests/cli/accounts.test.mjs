// Accounts, roles and rows by command, as programs use them, on every store; and that nothing secret is said twice.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { places } from './places.mjs'
import { stand } from './stand.mjs'

for (const { name, make } of places) {
  describe(`accounts by command on ${name}`, () => {
    const { folder, ok, refused, everything } = stand(make)

    test('from nobody to an administrator who signs in', async () => {
      await ok('roles create', 'roles', 'create', 'admins', '-d', 'all of it')
      const made = await ok('users create', 'users', 'create', 'ada@example.org', '--random', '-a', '-u', 'ada')
      assert.match(made.password, /^[a-z2-9]{20}$/)
      await ok('users change', 'users', 'confirm', 'ada@example.org')
      assert.equal((await ok('roles change', 'roles', 'add', 'ada@example.org', 'admins')).changed, true)
      assert.equal((await ok('roles change', 'roles', 'add', made.id, 'admins')).changed, false)
      const rows = await ok(
        'access change',
        'access',
        'allow',
        'administration-access',
        'role',
        'admins',
        'user',
        made.id,
      )
      assert.equal(rows.changed.length, 2)
      assert.deepEqual(await ok('access show', 'access', 'show', '-e', 'ada@example.org'), [
        { action: 'administration-access', user: made.id },
      ])
      const [listed] = await ok('users list', 'users', 'list')
      assert.deepEqual(
        [listed.email, listed.active, listed.confirmed, listed.roles],
        [...['ada@example.org', true, true], ['admins']],
      )
      assert.ok(!JSON.stringify(listed).includes(made.password))
      assert.ok((await ok('access list', 'access', 'list')).length > 10)
      assert.equal((await ok('roles list', 'roles', 'list')).length, 1)
      const { password } = await ok('users password', 'users', 'password', 'ada@example.org', '--random')
      assert.notEqual(password, made.password)
      assert.ok(!(await everything()).includes(password))
    })

    test('what is refused is refused whole', async () => {
      await refused(1, 'duplicate', 'users', 'create', 'ADA@example.org', '--random')
      await refused(1, 'invalid_id', 'users', 'create', 'nobody', '--random')
      await refused(1, 'not_found', 'users', 'activate', 'nobody@example.org')
      await refused(1, 'unknown_role', 'roles', 'add', 'ada@example.org', 'nope')
      await refused(1, 'not_found', 'roles', 'remove', 'nobody@example.org', 'admins')
      await refused(1, 'unknown_action', 'access', 'allow', 'fly', 'user', 'ada@example.org')
      await refused(1, 'unknown_role', 'access', 'deny', 'acl-admin', 'user', 'ada@example.org', 'role', 'nope')
      await refused(2, 'usage', 'access', 'allow', 'acl-admin', 'group', 'admins')
      await refused(2, 'usage', 'users', 'create', 'b@example.org')
      await refused(2, 'usage', 'users', 'load', join(folder.path, 'nowhere.yaml'))
    })

    test('a file is loaded, and a bad one is told line by line', async () => {
      const file = join(folder.path, 'users.yaml')
      writeFileSync(file, '- email: bob@example.org\n  roles: [admins]\n- email: carl@example.org\n  hobby: chess\n')
      const loaded = await ok('users load', 'users', 'load', file)
      assert.deepEqual([loaded.created.length, loaded.skipped.length, loaded.warnings.length], [2, 0, 1])
      assert.ok(loaded.created.every(({ password }) => /^[a-z2-9]{20}$/.test(password)))
      const again = await ok('users load', 'users', 'load', file)
      assert.deepEqual([again.created.length, again.skipped.map(({ line }) => line)], [0, [1, 3]])
      writeFileSync(file, '- email: dora@example.org\n  hobby: chess\n- email: x\n  allow: [fly]\n')
      const { faults, warnings } = await refused(1, 'invalid_id', 'users', 'load', file)
      assert.deepEqual(
        warnings.map(({ line, path }) => [line, path]),
        [[2, 'users[0].hobby']],
      )
      assert.deepEqual(
        faults.map(({ line, path }) => [line, path]),
        [
          [3, 'users[1].email'],
          [4, 'users[1].allow[0]'],
        ],
      )
    })
  })
}
