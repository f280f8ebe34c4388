// Addresses that a policy gives its records: those that cannot be there are refused, each at its place in the policy.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import test from 'node:test'
import { LictorError, createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { changes, reviews } from './review-policy.mjs'
import { serverWith } from './world.mjs'

const [type] = changes.types
const [review] = reviews.types
const paths = (list_path, item_path) => ({ list_path, item_path })

/** Records at these paths; beside them what there is in reviews, at `/requests/`. */
const policy = (own, others = [review]) => ({
  ...changes,
  types: [{ ...type, ...own }],
  machines: { ...changes.machines, review: { ...reviews, types: others } },
})

const started = async (changes) => {
  const engine = await createEngine({ policy: 'oarepo', changes })
  const store = await openMemoryStore({}, { columns: engine })
  return createHandler({ engine, store, authenticate: () => null })
}

const odd = [
  { about: 'no slash at its start', own: paths('articles/', '/articles/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'empty', own: paths('', '/articles/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'nothing but a slash', own: paths('/', '/articles/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'an empty part', own: paths('/a//b/', '/articles/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'a way up', own: paths('/../x/', '/articles/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'a part of one dot', own: paths('/x/', '/./{id}'), at: 'item_path', says: 'is no path' },
  { about: 'a query', own: paths('/x/?y=1', '/x/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'a brace that is not closed', own: paths('/x/', '/x/{id'), at: 'item_path', says: 'is no path' },
  { about: 'a brace that is not opened', own: paths('/x/', '/x/id}'), at: 'item_path', says: 'is no path' },
  { about: 'another name', own: paths('/x/', '/x/{record}'), at: 'item_path', says: 'is no path' },
  { about: 'a pattern of the router', own: paths('/x/*', '/x/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'a parameter of the router', own: paths('/:x/', '/x/{id}'), at: 'list_path', says: 'is no path' },
  { about: 'no id', own: paths('/x/', '/x/{community}'), at: 'item_path', says: 'names no `{id}`' },
  { about: 'an id in a list', own: paths('/x/{id}/', '/x/{id}'), at: 'list_path', says: 'is the address of a list' },
  { about: 'the id twice', own: paths('/x/', '/x/{id}/{id}'), at: 'item_path', says: 'twice' },
  { about: 'communities', own: paths('/communities/', '/x/{id}'), at: 'list_path', says: '`/communities`' },
  { about: 'a community', own: paths('/x/', '/communities/{id}'), at: 'item_path', says: '`/communities/{id}`' },
  { about: 'what is asked of one', own: paths('/x/', '/communities/{community}/{id}'), at: 'item_path', says: 'own' },
  { about: 'members', own: paths('/communities/{community}/members', '/x/{id}'), at: 'list_path', says: 'members' },
  { about: 'the document of the server', own: paths('/openapi.json', '/x/{id}'), at: 'list_path', says: 'own' },
  { about: 'an id as the first part', own: paths('/x/', '/{id}'), at: 'item_path', says: 'own' },
  { about: 'below the sign-in', own: paths('/auth/x/', '/auth/x/{id}'), at: 'list_path', says: '`/auth`' },
  { about: 'a list where one is', own: paths('/x/{community}', '/x/{id}'), says: 'are the same address' },
]

for (const { about, own, at, says } of odd) {
  test(`refused: ${about}`, async () => {
    const path = `policy.types[0]${at === undefined ? '' : `.${at}`}`
    await assert.rejects(started(policy(own)), (error) => {
      assert.ok(error instanceof LictorError)
      assert.deepEqual([error.code, error.path], ['malformed', path])
      assert.ok(error.message.includes(says), error.message)
      return true
    })
  })
}

test('every fault is told of, those of machines where they stand', async () => {
  const wrong = policy(paths('x', '/x/{id}'), [{ ...review, item_path: '/requests/{number}' }])
  await assert.rejects(started(wrong), (error) => {
    assert.deepEqual(
      error.faults.map(({ path }) => path),
      ['policy.types[0].list_path', 'policy.machines.review.types[0].item_path'],
    )
    return true
  })
})

test('two types share both addresses or none; what is routed below an address counts', async () => {
  const taken = /share a path; give them the same `list_path` and `item_path`, or neither/
  await assert.rejects(started(policy(paths('/requests/', '/x/{id}'))), taken)
  await assert.rejects(started(policy(paths('/x/', '/requests/{id}'))), taken)
  // The transitions of reviews are there: `/requests/{id}/{transition}`.
  await assert.rejects(started(policy(paths('/x/', '/requests/{community}/{id}'))), taken)
  await started(policy(paths('/requests/', '/requests/{id}')))
})

test('the server’s own list of all requests keeps its address, or is elsewhere as a whole', async () => {
  const elsewhere = { ...review, ...paths('/reviews/', '/reviews/{id}') }
  await assert.rejects(
    started(policy(paths('/x/', '/requests/{id}'), [elsewhere])),
    /is where the server has `\/requests\/\{id\}`/,
  )
  await started(policy(paths('/requests/', '/requests/{id}'), [elsewhere]))
})

test('access lists keep their addresses', async () => {
  const acls = (await createEngine({ policy: 'explicit-acls' })).document
  const [own] = acls.types
  const engine = (paths) => createEngine({ policy: { ...acls, types: [{ ...own, ...paths }] } })
  const start = async (paths) => {
    const made = await engine(paths)
    const store = await openMemoryStore({}, { columns: made })
    return createHandler({ engine: made, store, authenticate: () => null })
  }
  await assert.rejects(start(paths('/acls/', '/x/{id}')), /access lists are at `\/acls\/` and `\/acls\/\{id\}`/)
  await assert.rejects(start(paths('/x/', '/acls/{id}')), /access lists are at/)
  await start(paths('/x/', '/x/{id}'))
})

test('what is no fault: other words below a community, and the document beside lists at `/{community}`', async () => {
  await started(policy(paths('/communities/{community}/records', '/communities/{community}/records/{id}')))
  const { ask } = await serverWith({
    changes: policy(paths('/{community}', '/{community}/{id}')),
    world: {},
    contract: false,
  })
  const document = await ask(null, 'GET', '/openapi.json')
  assert.equal(document.json.openapi?.split('.')[0], '3')
})

test('every shipped policy has addresses that can be there, and every fixed one of the server’s is refused', async () => {
  const presets = new URL('../../src/policy/presets/', import.meta.url)
  for (const file of readdirSync(presets)) {
    const engine = await createEngine({ policy: file.replace(/\.json$/, '') })
    const store = await openMemoryStore({}, { columns: engine })
    createHandler({ engine, store, authenticate: () => null })
  }
  const { ask } = await serverWith({ policy: 'repository', accounts: true })
  const { paths: known } = (await ask(null, 'GET', '/openapi.json')).json
  const fixed = Object.keys(known).filter((path) =>
    /^\/(communities|admin|access|sync|auth|openapi|\.well-known)/.test(path),
  )
  assert.ok(fixed.length > 30, String(fixed))
  for (const path of fixed.filter((path) => !/\{(?!id|community)/.test(path))) {
    const list = path.replace('{id}', '{community}')
    await assert.rejects(started(policy(paths(list, '/x/{id}'))), /an address of the server's own/, path)
  }
})
