// What somebody may not know of is answered as what does not exist, byte for byte, at every door.
import assert from 'node:assert/strict'
import test from 'node:test'
import { facts, serverWith } from './world.mjs'

const bodies = {
  PUT: { title: 'x' },
  PATCH: { title: 'x' },
  POST: { title: 'x' },
}

/** Each door once, with `{community}` and `{id}` to be filled in. */
const doors = [
  ['GET', '/communities/{community}'],
  ['HEAD', '/communities/{community}'],
  ['GET', '/communities/{community}/actions'],
  ['POST', '/communities/{community}/actions', { do: 'allow', role: 'member', actions: ['read'] }],
  ['GET', '/{community}/'],
  ['HEAD', '/{community}/'],
  ['GET', '/{community}/?q=x&state=published&sort=id'],
  ['POST', '/{community}/'],
  ['POST', '/{community}/', '{"broken'],
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, '/{community}/{id}']),
  ['PUT', '/{community}/{id}', '{"broken'],
  ...['request-approval', 'approve', 'publish', 'delete', 'no-such-thing'].map((name) => [
    'POST',
    `/{community}/{id}/${name}`,
  ]),
  ['OPTIONS', '/{community}/{id}'],
  ['TRACE-ME', '/{community}/{id}'],
]

const same = ({ status, headers, text }, names) => ({
  status,
  headers,
  // The names asked for are the asker's own words; only they may differ.
  text: names.reduce((all, [name, stand]) => all.replaceAll(name, stand), text),
})

async function compare(who, hidden, absent, { options = {} } = {}) {
  const { ask, errors } = await serverWith(options)
  let compared = 0
  for (const [method, path, body = bodies[method]] of doors) {
    const at = ({ community, id }) => path.replace('{community}', community).replace('{id}', id)
    for (const headers of [{}, { 'if-match': '"x"' }, { 'if-none-match': '*' }]) {
      const one = await ask(who, method, at(hidden), { body, headers })
      const other = await ask(who, method, at(absent), { body, headers })
      const stands = (from) => Object.values(from).map((name, index) => [name, `<${index}>`])
      assert.deepEqual(same(one, stands(hidden)), same(other, stands(absent)), `${who} ${method} ${at(hidden)}`)
      compared += 1
    }
  }
  assert.deepEqual(errors, [])
  return compared
}

const people = [null, 'stranger', 'member', 'publisher']

test('a hidden community and everything in it', async (t) => {
  let compared = 0
  for (const who of people) {
    compared += await compare(who, { community: 'secret', id: 's-editing' }, { community: 'nosuch', id: 'n-editing' })
  }
  t.diagnostic(`${compared} pairs of answers are the same bytes`)
})

test('a record that may be read, under a hidden community that it belongs to as well', async () => {
  for (const who of people) {
    await compare(who, { community: 'secret', id: 'a-published' }, { community: 'nosuch', id: 'a-published' })
  }
  const { ask } = await serverWith()
  assert.equal((await ask('insider', 'GET', '/secret/a-published')).status, 200)
  assert.equal((await ask('stranger', 'GET', '/A/a-published')).status, 200)
})

test('a record that may not be read, in a community that may be seen', async () => {
  for (const who of [null, 'stranger', 'publisher']) {
    await compare(who, { community: 'A', id: 'a-editing' }, { community: 'A', id: 'x-editing' })
  }
})

test('a record under a community that is none of its own', async () => {
  for (const who of ['curator', 'owner']) {
    await compare(who, { community: 'B', id: 'a-editing' }, { community: 'B', id: 'x-editing' })
  }
})

test('a record is not found under the path of another type', async () => {
  const types = (document) => [
    document.types[0],
    {
      ...document.types[0],
      key: 'article',
      list_path: '/{community}/articles/',
      item_path: '/{community}/articles/{id}',
    },
  ]
  const { engine } = await serverWith()
  const options = { changes: { types: types(engine.document) } }
  const { ask } = await serverWith(options)
  const made = await ask('member', 'POST', '/A/articles/', { body: { title: 'an article' } })
  assert.equal(made.status, 201)
  const { id } = made.json
  assert.equal((await ask('member', 'GET', `/A/articles/${id}`)).status, 200)
  for (const [method, body] of [['GET'], ['PUT', {}], ['PATCH', {}], ['DELETE']]) {
    const one = await ask('member', method, `/A/${id}`, { body })
    const other = await ask('member', method, '/A/nosuch', { body })
    assert.deepEqual(one, other, method)
    assert.equal(one.status, 404)
  }
  assert.deepEqual(await ask('member', 'POST', `/A/${id}/delete`), await ask('member', 'POST', '/A/nosuch/delete'))
  const listed = await ask('member', 'GET', '/A/')
  assert.ok(!listed.text.includes(id))
})

test('AuthZEN says of hidden things what it says of absent ones', async () => {
  const { ask } = await serverWith()
  const question = (resource, action = 'read') => ({
    subject: { type: 'user', id: '6' },
    action: { name: action },
    resource,
  })
  const pairs = [
    [
      { type: 'record', id: 's-editing' },
      { type: 'record', id: 'n-editing' },
    ],
    [
      { type: 'record', id: 'a-editing' },
      { type: 'record', id: 'x-editing' },
    ],
    [
      { type: 'record', id: 's-approved', properties: { community: 'secret' } },
      { type: 'record', id: 'n-approved', properties: { community: 'nosuch' } },
    ],
    ...['a-published', 'b-published'].map((id) => [
      { type: 'record', id, properties: { community: 'secret' } },
      { type: 'record', id: 'nothing' },
    ]),
    [
      { type: 'community', id: 'secret' },
      { type: 'community', id: 'nosuch' },
    ],
  ]
  for (const [hidden, absent] of pairs) {
    const actions = hidden.type === 'community' ? ['create'] : ['read', 'update', 'approve', 'delete']
    for (const action of actions) {
      const one = await ask('stranger', 'POST', '/access/v1/evaluation', { body: question(hidden, action) })
      const other = await ask('stranger', 'POST', '/access/v1/evaluation', { body: question(absent, action) })
      assert.equal(one.status, 200)
      assert.deepEqual(
        same(one, [['secret', '<c>']]),
        same(other, [['nosuch', '<c>']]),
        `${action} ${JSON.stringify(hidden)}`,
      )
    }
    const search = (resource) => ({ subject: { type: 'user', id: '6' }, resource })
    const one = await ask('stranger', 'POST', '/access/v1/search/action', { body: search(hidden) })
    const other = await ask('stranger', 'POST', '/access/v1/search/action', { body: search(absent) })
    assert.deepEqual(one, other)
  }
})

test('a list and a record name no community its reader may not know of', async () => {
  const { ask } = await serverWith()
  for (const who of [null, 'stranger', 'curator']) {
    for (const path of ['/A/', '/A/a-published', '/communities/']) {
      const { text } = await ask(who, 'GET', path)
      assert.ok(!text.includes('secret'), `${who} ${path}`)
    }
  }
  const insider = await ask('insider', 'GET', '/A/a-published')
  assert.deepEqual(insider.json.metadata['oarepo:secondaryCommunities'], ['secret'])
  assert.equal(insider.json.missing, undefined)
  const stranger = await ask('stranger', 'GET', '/A/a-published')
  assert.deepEqual(stranger.json.missing, [['oarepo:secondaryCommunities']])
})

test('reasons and remedies name no community the asker may not know of', async () => {
  const world = facts()
  world.records['s-published'] = { ...world.records['s-approved'], title: 'known', 'oarepo:recordStatus': 'published' }
  const { ask } = await serverWith({ world })
  for (const action of ['read', 'update', 'approve', 'publish', 'unpublish', 'delete']) {
    const body = {
      subject: { type: 'user', id: '6' },
      action: { name: action },
      resource: { type: 'record', id: 's-published' },
    }
    const { text, json } = await ask('stranger', 'POST', '/access/v1/evaluation', { body })
    assert.equal(json.decision, action === 'read')
    assert.ok(!text.includes('secret'), `${action}: ${text}`)
  }
  const shown = await ask('stranger', 'GET', '/A/s-published')
  assert.equal(shown.status, 200)
  assert.ok(!shown.text.includes('secret'), shown.text)
})
