// Accounts, roles and rows in each store.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createEngine } from 'lictor'
import { LictorError, openAccounts } from 'lictor/tools'
import { places, repository } from './places.mjs'

const engine = await createEngine()
const refusal = (code) => (error) => error instanceof LictorError && error.code === code

/** What makes accounts, all of it allowed to sign in. */
const ada = { email: 'Ada@example.org', username: 'ada', active: true, confirmed: true, password: 'secret123' }

for (const place of places) {
  describe(`accounts in ${place.name}`, () => {
    const stores = []
    after(() => Promise.all(stores.map((store) => store.close())))
    const begin = async () => {
      const made = await repository(place)
      stores.push(made.store)
      return made
    }

    test('an account signs in by address or username once active and confirmed, and nobody else does', async () => {
      const { accounts } = await begin()
      const { id } = await accounts.create({ ...ada, active: false, confirmed: false })
      const signed = async (login = ada.email, password = ada.password) => (await accounts.signIn(login, password))?.id
      assert.equal(await signed(), undefined)
      assert.deepEqual(await accounts.set(ada.email, { active: true }), {
        account: await accounts.find(id),
        changed: true,
      })
      assert.equal(await signed(), undefined)
      await accounts.set(id, { confirmed: true })
      assert.equal((await accounts.set(id, { confirmed: true })).changed, false)
      assert.equal(await signed(), id)
      assert.equal(await signed('aDA@EXAMPLE.org'), id)
      assert.equal(await signed('ADA'), id)
      for (const login of ['', 'bob', 'bob@example.org', id, `user:${id}`, '\ud800', 'x'.repeat(10_000), '__proto__'])
        assert.equal(await signed(login), undefined, login.slice(0, 20))
      for (const password of ['', 'Secret123', 'secret1234', '\ud800', 'x'.repeat(10_000)])
        assert.equal(await signed(ada.email, password), undefined, password.slice(0, 20))
      await accounts.set(id, { active: false })
      assert.equal(await signed(), undefined)
    })

    test('a session ends with the password and with the account', async () => {
      const { accounts } = await begin()
      const { id } = await accounts.create(ada)
      const { stamp } = await accounts.signIn(ada.email, ada.password)
      assert.equal(await accounts.admits(id, stamp), true)
      assert.equal(await accounts.admits(id, 'forged'), false)
      assert.equal(await accounts.admits(id), true)
      assert.equal(await accounts.admits('somebody else'), true, 'who has no account is the business of the host')
      assert.equal(await accounts.admits('somebody else', stamp), false)
      const { password } = await accounts.setPassword(id, null)
      assert.match(password, /^[a-z2-9]{20}$/)
      assert.equal(await accounts.admits(id, stamp), false)
      assert.equal(await accounts.signIn(ada.email, ada.password), null)
      assert.notEqual((await accounts.signIn(ada.email, password)).stamp, stamp)
      await accounts.set(id, { active: false })
      assert.equal(await accounts.admits(id), false)
    })

    test('neither facts nor answers hold a hash or a password, and a random one is told once', async () => {
      const { store, accounts } = await begin()
      const { password, ...made } = await accounts.create({ ...ada, password: null })
      assert.match(password, /^[a-z2-9]{20}$/)
      assert.ok(await accounts.signIn(ada.email, password))
      const told = JSON.stringify([made, await accounts.find(ada.email), await accounts.list(), await store.all()])
      assert.doesNotMatch(told, /argon2/)
      assert.ok(!told.includes(password))
      const [kept] = await store.cells('account/')
      assert.match(kept.text, /"hash":"\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}"/)
      assert.ok(!JSON.stringify(await store.cells('')).includes(password))
      const { created } = await accounts.load('- email: b@example.org\n  password: from-the-file\n')
      assert.equal('password' in created[0], false)
    })

    test('an address or username has one account, whoever comes first', async () => {
      const { store, accounts } = await begin()
      const others = await Promise.all(Array.from({ length: 3 }, () => openAccounts(store)))
      const tries = await Promise.allSettled(
        [accounts, ...others].map((each, i) => each.create({ ...ada, email: i % 2 ? 'ADA@example.org' : ada.email })),
      )
      assert.deepEqual(tries.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected', 'rejected'])
      for (const { reason } of tries.filter(({ reason }) => reason)) assert.ok(refusal('duplicate')(reason), reason)
      await assert.rejects(
        accounts.create({ ...ada, email: 'other@example.org', username: 'ADA' }),
        refusal('duplicate'),
      )
      assert.equal((await accounts.list()).length, 1)
      assert.equal((await store.cells('account')).length, 3)
    })

    test('an account for a user that facts speak of keeps what they say', async () => {
      const { store, accounts } = await begin()
      const put = { op: 'put', key: { relation: 'user', id: '4' }, value: { roles: ['old'], note: 'kept' } }
      await store.commit([put], await store.revision())
      const made = await accounts.create({ ...ada, id: '4' })
      assert.deepEqual([made.id, made.roles], ['4', ['old']])
      await assert.rejects(
        accounts.create({ ...ada, email: 'b@example.org', username: null, id: '4' }),
        refusal('duplicate'),
      )
      assert.deepEqual((await store.all()).users, { 4: { roles: ['old'], note: 'kept' } })
    })

    test('roles are facts the engine decides by; those held elsewhere are left alone', async () => {
      const { store, accounts } = await begin()
      const { id } = await accounts.create(ada)
      await assert.rejects(accounts.setRole(id, 'admins', true), refusal('unknown_role'))
      assert.equal((await accounts.createRole('admins', { description: 'all of it' })).existed, false)
      assert.deepEqual(await accounts.createRole('admins', { description: 'other' }), {
        ...{ name: 'admins', description: 'all of it', external: false, existed: true },
      })
      await assert.rejects(async () => accounts.createRole('community:cesnet:curator'), refusal('invalid_id'))
      await accounts.change({ do: 'allow', action: 'superuser-access', to: [{ role: 'admins' }] })
      const may = async () => {
        const properties = { communities: { primary: 'cesnet' }, state: 'editing' }
        const resource = { type: 'record', id: 'r1', properties }
        const question = { subject: { type: 'user', id }, action: 'update', resource }
        return engine.check(question, await store.all()).decision
      }
      const before = await may()
      assert.deepEqual(await accounts.setRole(ada.email, 'admins', true), { user: id, changed: true, external: false })
      assert.equal((await accounts.setRole(id, 'admins', true)).changed, false)
      assert.deepEqual([before, await may()], ['deny', 'allow'])
      await accounts.change({ do: 'deny', action: 'superuser-access', to: [{ user: ada.email }] })
      assert.equal(await may(), 'deny')
      await accounts.createRole('staff', { external: true })
      assert.deepEqual(await accounts.setRole(id, 'staff', true), { user: id, changed: false, external: true })
      await assert.rejects(accounts.setRole('nobody', 'admins', true), refusal('not_found'))
    })

    test('a file is loaded whole or not at all, and what is there stays', async () => {
      const { store, accounts } = await begin()
      await accounts.createRole('reviewers')
      await accounts.create({ ...ada, full_name: 'Ada' })
      const before = JSON.stringify([await store.all(), await store.cells('')])
      const bad =
        '- email: first@example.org\n- email: second@example.org\n  allow: [fly]\n- email: third@example.org\n'
      await assert.rejects(accounts.load(bad), refusal('unknown_action'))
      assert.equal(JSON.stringify([await store.all(), await store.cells('')]), before)
      const good =
        '- email: first@example.org\n  roles: [reviewers]\n  allow: [administration-access]\n' +
        '- email: ada@EXAMPLE.org\n  full_name: Changed\n- email: second@example.org\n'
      const { created, skipped } = await accounts.load(good)
      assert.deepEqual(
        [created.map(({ email }) => email), skipped.map(({ line }) => line)],
        [['first@example.org', 'second@example.org'], [4]],
      )
      assert.equal((await accounts.find(ada.email)).full_name, 'Ada')
      const { id } = created[0]
      const { users, access } = await store.all()
      assert.deepEqual([users[id].roles, access], [['reviewers'], [{ action: 'administration-access', user: id }]])
      assert.deepEqual((await accounts.load(good)).created, [])
    })

    test('two loads at once make each account once', async () => {
      const { accounts } = await begin()
      const text = Array.from({ length: 5 }, (_, i) => `- email: a${i}@example.org\n`).join('')
      const loads = await Promise.all([accounts.load(text), accounts.load(text), accounts.load(text)])
      assert.equal(loads.flatMap(({ created }) => created).length, 5)
      assert.equal((await accounts.list()).length, 5)
    })

    test('rows are changed all or nothing, and a row kept under another id is found', async () => {
      const { store, accounts } = await begin()
      const { id } = await accounts.create(ada)
      const row = { action: 'administration-access', user: id }
      const put = { op: 'put', key: { relation: 'access', id: 'as the host named it' }, value: row }
      await store.commit([put], await store.revision())
      const call = { action: 'administration-access', to: [{ user: ada.email }] }
      assert.deepEqual(await accounts.change({ do: 'allow', ...call }), { changed: [], unchanged: [row], warnings: [] })
      const half = { do: 'deny', action: 'administration-access', to: [{ user: id }, { role: 'nope' }] }
      await assert.rejects(accounts.change(half), refusal('unknown_role'))
      assert.equal((await accounts.rows()).length, 1)
      await accounts.change({ do: 'remove', ...call })
      assert.deepEqual(await accounts.rows(), [])
    })

    test('a registered action is known to everybody on the store', async () => {
      const { store, accounts } = await begin()
      await accounts.register('campus-print', { meaning: 'prints on campus', argument: 'building' })
      await assert.rejects(accounts.register('campus-print', { meaning: 'again' }), refusal('duplicate'))
      await assert.rejects(accounts.register('superuser-access', { meaning: 'nothing' }), refusal('duplicate'))
      for (const each of [accounts, await openAccounts(store)])
        assert.ok(each.actions().some(({ name, argument }) => name === 'campus-print' && argument === 'building'))
    })
  })
}
