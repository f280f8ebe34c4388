// The library over REST, by itself and in the whole model: documents that are restricted or name their readers, electronic
// items, loans and requests.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openClient, openMemoryDisk } from 'lictor/client'
import { bearerTokens } from 'lictor/server'
import { stores } from './stores.mjs'
import { ORIGIN, serverWith } from './world.mjs'

const roles = (id, ...roles) => ({ type: 'user', id, properties: { roles } })
const subjects = {
  patron: roles(1),
  other: roles(2),
  librarian: roles(3, 'librarian'),
  readonly: roles(4, 'librarian-readonly'),
  curator: roles(6, 'Curators'),
}

const records = {
  plain: { $type: 'document', title: 'Plain' },
  shut: { $type: 'document', title: 'Shut', restricted: true },
  named: { $type: 'document', title: 'Named', _access: { read: [1, 'CURATORS'] } },
  book: { $type: 'electronic-item', open_access: false, urls: [{ value: 'https://a.example' }] },
  shelf: { $type: 'electronic-item', open_access: true },
  mine: { $type: 'loan', patron_pid: 1, state: 'on-loan', document: { circulation: { overbooked: false } } },
  theirs: { $type: 'loan', patron_pid: 2, state: 'pending' },
}

const ids = ({ json }) => json.hits.hits.map(({ id }) => id)

for (const policy of ['ils', 'repository']) describe(`under \`${policy}\``, () => library(policy))

function library(policy) {
  const started = () => serverWith({ policy, world: { records }, authenticate: bearerTokens(subjects) })

  test('lists hold what each may read one by one', async () => {
    const { ask } = await started()
    const list = async (who) => ids(await ask(who, 'GET', '/documents/?sort=id'))
    assert.deepEqual(await list(undefined), ['plain'])
    assert.deepEqual(await list('other'), ['plain'])
    assert.deepEqual(await list('patron'), ['named', 'plain'])
    assert.deepEqual(await list('curator'), ['named', 'plain'])
    assert.deepEqual(await list('readonly'), ['named', 'plain', 'shut'])
    assert.deepEqual(ids(await ask('patron', 'GET', '/loans/')), ['mine'])
    assert.deepEqual(ids(await ask('librarian', 'GET', '/loans/?sort=id')), ['mine', 'theirs'])
    // The catalogue waits for no answer.
    assert.deepEqual(ids(await ask('librarian', 'GET', '/requests/?sort=id')), ['mine', 'theirs'])
  })

  for (const [label, opened] of Object.entries(stores)) {
    test(`open items come first where that is asked, page by page, on ${label}`, async (t) => {
      const items = Object.fromEntries(
        [...'abcdefgh'].map((id) => [
          id,
          { $type: 'electronic-item', ...('bdh'.includes(id) && { open_access: true }) },
        ]),
      )
      const world = { records: { ...items, e: { $type: 'electronic-item', open_access: false } } }
      const authenticate = bearerTokens(subjects)
      const { ask, store } = await serverWith({ policy, world, authenticate, open: await opened() })
      t.after(() => store.close())
      const list = (query) => ask(undefined, 'GET', `/electronic-items/?${query}`)
      for (const [sort, expected] of [
        ['id', 'bdhacefg'],
        ['-id', 'hdbgfeca'],
      ]) {
        for (const size of [1, 2, 3, 4, 8, 9]) {
          const seen = []
          let page = await list(`first=open_access%3Dtrue&sort=${sort}&size=${size}`)
          assert.equal(page.json.hits.total, 8)
          for (;;) {
            seen.push(...ids(page))
            const { next } = page.json.links
            if (next === undefined) break
            page = await list(new URL(next).searchParams)
            assert.ok(ids(page).length > 0)
          }
          assert.equal(seen.join(''), expected)
        }
      }
      assert.equal(
        ids(await list('first=open_access%3Dtrue&size=100'))
          .slice(0, 3)
          .toSorted()
          .join(''),
        'bdh',
      )
      for (const wrong of [
        'first=title%3Da',
        'first=open_access%3Dfalse',
        'first=open_access%3Dtrue&after=~x',
        'after=~',
      ])
        assert.equal((await list(wrong)).status, 400, wrong)
    })
  }

  test('what is restricted is not found, and who is named is not told', async () => {
    const { ask } = await started()
    assert.equal((await ask('patron', 'GET', '/documents/shut')).status, 404)
    assert.equal((await ask('librarian', 'GET', '/documents/shut')).status, 200)
    const seen = await ask('patron', 'GET', '/documents/named')
    assert.deepEqual([seen.status, seen.json.metadata._access], [200, undefined])
    assert.equal((await ask('patron', 'PATCH', '/documents/plain', { body: { title: 'Mine' } })).status, 403)
  })

  test('an electronic item says which addresses need a login', async () => {
    const { ask } = await started()
    const seen = await ask(undefined, 'GET', '/electronic-items/book')
    assert.deepEqual(seen.json.metadata.urls, [{ value: 'https://a.example', login_required: false }])
    assert.equal(seen.json.actions['read-files'], 'deny')
    const made = await ask('librarian', 'POST', '/electronic-items/', {
      body: { urls: [{ value: 'https://b.example' }] },
    })
    assert.deepEqual([made.status, made.json.metadata.urls[0].login_required], [201, true])
  })

  test('a loan from the request to its return', async () => {
    const { ask } = await started()
    const made = await ask('patron', 'POST', '/loans/', { body: {} })
    assert.deepEqual([made.status, made.json.metadata.patron_pid, made.json.metadata.state], [201, 1, 'created'])
    const at = new URL(made.headers.location).pathname
    assert.deepEqual(Object.keys(made.json.links.transitions), ['request'])
    assert.equal((await ask('patron', 'POST', `${at}/request`)).status, 202)
    assert.equal((await ask('other', 'GET', at)).status, 404)
    assert.equal((await ask('patron', 'POST', `${at}/checkout`)).status, 403)
    assert.equal((await ask('librarian', 'POST', `${at}/checkout`)).status, 202)
    // Nobody has said whether others wait for the document.
    assert.equal((await ask('patron', 'POST', `${at}/extend`)).status, 409)
    assert.equal((await ask('librarian', 'POST', `${at}/checkin`)).json.metadata.state, 'returned')
    for (const count of [1, 2, 3]) {
      assert.equal((await ask('patron', 'POST', '/loans/mine/extend')).json.metadata.extension_count, count)
    }
    assert.equal((await ask('patron', 'POST', '/loans/mine/extend')).status, 409)
    assert.equal((await ask('librarian', 'POST', '/loans/mine/extend')).status, 202)
  })

  test('a librarian lends to a patron, and a patron to nobody', async () => {
    const { ask } = await started()
    assert.equal((await ask('librarian', 'POST', '/loans/', { body: { patron_pid: 2 } })).json.metadata.patron_pid, 2)
    assert.equal((await ask('patron', 'POST', '/loans/', { body: { patron_pid: 2 } })).json.code, 'owners_immutable')
  })

  test('a document request is declined with a reason', async () => {
    const { ask } = await started()
    const made = await ask('patron', 'POST', '/document-requests/', { body: { title: 'T' } })
    const at = new URL(made.headers.location).pathname
    assert.equal((await ask('patron', 'POST', `${at}/decline`)).status, 400)
    const declined = await ask('patron', 'POST', `${at}/decline`, { body: { reason: 'USER_CANCEL' } })
    assert.equal(declined.json.metadata.state, 'declined')
  })

  test('the device of a patron holds what they may read, and says what the server says', async () => {
    const { engine, handler } = await started()
    const asPatron = (init) => ({ ...init, headers: { ...init.headers, authorization: 'Bearer patron' } })
    const client = await openClient({
      engine,
      url: `${ORIGIN}/sync`,
      user: { type: 'user', id: 1 },
      disk: await openMemoryDisk(),
      feed: false,
      fetch: async (input, init) => handler(new Request(input, asPatron(init))),
    })
    await client.sync()
    assert.deepEqual(client.list({ type: 'document' }).ids.sort(), ['named', 'plain'])
    assert.deepEqual(client.list({ type: 'loan' }).ids, ['mine'])
    const open = client.list({ type: 'electronic-item', first: 'open_access=true' })
    assert.deepEqual(open.ids, ['shelf', 'book'])
    assert.equal(client.record('theirs'), undefined)
    const can = (action, type, id) => client.can(action, { type, id }).decision
    assert.deepEqual([can('extend', 'loan', 'mine'), can('checkin', 'loan', 'mine')], ['allow', 'deny'])
    assert.deepEqual(
      [can('read-files', 'electronic-item', 'book'), can('update', 'document', 'plain')],
      ['allow', 'deny'],
    )
    const made = await client.do({ action: 'create', args: { type: 'document-request', record: { title: 'T' } } })
    const declined = await client.do({ action: 'decline', target: made.target, args: { params: { reason: 'MINE' } } })
    assert.deepEqual([made.predicted, declined.predicted], ['allow', 'allow'])
    await client.sync()
    assert.deepEqual(
      client.outbox().map(({ state }) => state),
      ['accepted', 'accepted'],
    )
    assert.equal(client.record(made.target.id).value.state, 'declined')
    await client.close()
    await handler.close()
  })
}
