// Bad input gets an answer that says what is wrong and where; never a 500, and nothing is done.
import assert from 'node:assert/strict'
import test from 'node:test'
import { repository } from './repository-world.mjs'
import { ORIGIN, serverWith } from './world.mjs'

const problem = ({ status, json, headers }) => {
  assert.match(headers['content-type'], /^application\/problem\+json/)
  assert.equal(json.status, status)
  assert.equal(json.type, `urn:lictor:problem:${json.code}`)
  assert.ok(json.detail.length > 0)
  return [status, json.code]
}

test('bodies that are no JSON are told where they break', async () => {
  const { ask, errors } = await serverWith()
  const post = (body, type) => ask('member', 'POST', '/A/', { body, type })
  for (const [body, at] of [
    ['{"a": 1,}', 'line 1, column 9'],
    ['{"a": 1', 'line 1, column 8'],
    ['{\n  "a": tru\n}', 'line 2, column 8'],
    ['{"a" 1}', 'column 6'],
    ['[1 2]', 'column 4'],
    ['{"a": "\u0001"}', 'column 8'],
    ['{"a": "\\ud800"}', 'column 8'],
    ['{"a": "\\x"}', 'column 8'],
    ['01', 'column 2'],
    ['{} {}', 'column 4'],
    ["{'a': 1}", 'column 2'],
  ]) {
    const refused = await post(body)
    assert.deepEqual(problem(refused), [400, 'malformed'], body)
    assert.ok(refused.json.detail.includes(at), `${body}: ${refused.json.detail}`)
    assert.throws(() => JSON.parse(body.replace('\\ud800', '\\x')))
  }
  assert.deepEqual(problem(await post('')), [400, 'malformed'])
  assert.deepEqual(problem(await post(new Uint8Array([0x22, 0xff, 0x22]))), [400, 'malformed'])
  assert.deepEqual(problem(await post('[]')), [400, 'malformed'])
  assert.deepEqual(problem(await post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)), [400, 'too_deep'])
  assert.deepEqual(problem(await post('{"n": 1e999}')), [400, 'malformed'])
  assert.deepEqual(errors, [])
})

test('whatever JSON.parse reads, the scanner reads, and the other way round', async () => {
  const { ask } = await serverWith()
  let state = 7
  const random = (n) => (state = (state * 48271) % 2147483647) % n
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"\\n"',
    '"\\u0041"',
    '1',
    '-0',
    '1.5e3',
    'true',
    'null',
    ' ',
    '\n',
    '.',
    '"',
  ]
  let read = 0
  for (let round = 0; round < 1500; round += 1) {
    const text = `{"v":${Array.from({ length: 1 + random(7) }, () => pieces[random(pieces.length)]).join('')}}`
    let valid = true
    try {
      JSON.parse(text)
    } catch {
      valid = false
    }
    const { status, text: answer } = await ask('member', 'POST', '/A/', { body: text })
    assert.equal(status, valid ? 201 : 400, `${text} ${answer}`)
    read += valid
  }
  assert.ok(read > 20, 'some of what was made up is JSON')
})

test('media types', async () => {
  const { ask } = await serverWith()
  for (const type of ['text/plain', 'application/xml', 'application/merge-patch+json', null]) {
    const refused = await ask('member', 'POST', '/A/', { body: '{}', type })
    assert.deepEqual(problem(refused), [415, 'unsupported_media_type'], String(type))
    assert.equal(refused.headers.accept, 'application/json')
  }
  assert.equal(
    (await ask('member', 'POST', '/A/', { body: '{}', type: 'Application/JSON; charset=utf-8' })).status,
    201,
  )
})

test('a body over the limit is given up, not read', async () => {
  const { ask, handler } = await serverWith({ limits: { body: 1000 } })
  const long = JSON.stringify({ title: 'x'.repeat(1000) })
  assert.deepEqual(problem(await ask('member', 'POST', '/A/', { body: long })), [413, 'too_large'])
  let pulled = 0
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1
      controller.enqueue(new Uint8Array(400).fill(0x20))
    },
  })
  const response = await handler(
    new Request(`${ORIGIN}/A/`, {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { authorization: 'Bearer member', 'content-type': 'application/json' },
    }),
  )
  assert.equal(response.status, 413)
  assert.ok(pulled < 10, `${pulled} chunks were read`)
})

test('queries: what is unknown, said twice or of another kind is refused', async () => {
  const { ask, errors } = await serverWith()
  for (const [path, where] of [
    ['/A/?colour=red', 'query.colour'],
    ['/A/?size=1&size=2', 'query.size'],
    ['/A/?size=0', 'query.size'],
    ['/A/?size=x', 'query.size'],
    ['/A/?size=1.5', 'query.size'],
    ['/A/?total=maybe', 'query.total'],
    ['/A/?sort=up', 'query.sort'],
    ['/A/?scope=mine', 'query.scope'],
    ['/communities/?q=1', 'query.q'],
    ['/A/a-published?x', 'query.x'],
    ['/A/?__proto__=1', 'query.__proto__'],
  ]) {
    const refused = await ask('member', 'GET', path)
    assert.deepEqual(problem(refused), [400, 'malformed'], path)
    assert.equal(refused.json.path, where)
  }
  for (const after of ['x', '%00', 'null', 'e30', `${'a'.repeat(500)}`]) {
    assert.equal((await ask('member', 'GET', `/A/?after=${after}`)).status, 400, after)
  }
  assert.deepEqual(errors, [])
})

test('names that nothing can have are not found', async () => {
  const { ask, errors } = await serverWith()
  for (const id of [
    '%00',
    '%ff',
    '%zz',
    '%2F',
    'a%2Fb',
    '..%2f..',
    '%F0%9F%92%A9',
    '__proto__',
    'constructor',
    'x'.repeat(5000),
  ]) {
    for (const path of [`/communities/${id}`, `/${id}/`, `/A/${id}`, `/${id}/x`, `/A/a-published/${id}`]) {
      const method = path.startsWith('/A/a-published/') ? 'POST' : 'GET'
      const found = await ask('member', method, path)
      assert.equal(found.status, 404, `${path} ${found.text}`)
    }
  }
  assert.deepEqual(errors, [])
})

test('records with odd keys are kept as they are', async () => {
  const { ask } = await serverWith()
  const body = '{"constructor":{"a":1,"c":0},"toString":2,"":3,"a.b":4,"\\u0000":"\\u0000","n":0.1}'
  const made = await ask('member', 'POST', '/A/', { body })
  assert.equal(made.status, 201)
  const odd = { ...JSON.parse(body) }
  const { id, metadata } = made.json
  for (const key of Object.keys(odd)) assert.deepEqual(metadata[key], odd[key], key)
  const patch = '{"constructor":{"b":2,"a":null},"toString":null,"a.b":5}'
  const patched = await ask('member', 'PATCH', `/A/${id}`, { body: patch })
  assert.equal(patched.status, 200, patched.text)
  assert.deepEqual(patched.json.metadata.constructor, { b: 2, c: 0 })
  assert.equal(Object.hasOwn(patched.json.metadata, 'toString'), false)
  for (const [method, path] of [
    ['POST', '/A/'],
    ['PATCH', `/A/${id}`],
    ['PUT', `/A/${id}`],
  ]) {
    const refused = await ask('member', method, path, { body: '{"__proto__":{"a":1}}' })
    assert.equal(refused.status, 400, method)
  }
  assert.equal(patched.json.metadata['a.b'], 5)
})

test('a record is at most 1 MB', async () => {
  const { ask, errors } = await serverWith()
  const refused = await ask('member', 'POST', '/A/', { body: { title: 'x'.repeat(1_100_000) } })
  assert.equal(refused.status, 400, refused.text)
  assert.deepEqual(errors, [])
})

test('tokens: none, unknown, of another scheme', async () => {
  const { handler } = await serverWith()
  const as = (authorization) =>
    handler(new Request(`${ORIGIN}/A/a-editing`, authorization ? { headers: { authorization } } : {}))
  assert.equal((await as('')).status, 404)
  assert.equal((await as('Bearer owner')).status, 200)
  for (const header of ['Bearer nobody', 'Bearer ', 'Basic b3duZXI6', 'Bearer owner x', 'Bearer own']) {
    const refused = await as(header)
    assert.equal(refused.status, 401, header)
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer')
  }
})

test('a fault nobody foresaw is told to the host, and the client learns nothing of it', async () => {
  const { ask, store, errors } = await serverWith()
  store.facts = async () => {
    throw new Error('password=hunter2')
  }
  const failed = await ask('member', 'GET', '/A/a-published')
  assert.deepEqual(problem(failed), [500, 'internal'])
  assert.ok(!failed.text.includes('hunter2'))
  assert.match(errors[0].message, /hunter2/)
  const { ask: second, errors: told } = await serverWith({
    authenticate: () => {
      throw new Error('directory is down')
    },
  })
  assert.equal((await second(null, 'GET', '/A/')).status, 500)
  assert.equal(told.length, 1)
})

test('a host that answers itself is heeded', async () => {
  const { ask } = await serverWith({ contract: false, authenticate: () => Response.redirect('https://sign.in/', 302) })
  const sent = await ask(null, 'GET', '/A/')
  assert.deepEqual([sent.status, sent.headers.location], [302, 'https://sign.in/'])
})

test('the request id comes back', async () => {
  const { ask } = await serverWith()
  for (const path of ['/A/', '/nowhere/at/all/here', '/sync/nothing']) {
    const { headers } = await ask(null, 'GET', path, { headers: { 'x-request-id': 'abc-1' } })
    assert.equal(headers['x-request-id'], 'abc-1', path)
  }
})

test('nothing is written under a name that could not be read again, and what is there stays readable', async () => {
  const { ask, errors } = await repository()
  const all = ['/open/draft', '/open/', '/communities/open', '/communities/']
  const shown = async () => Promise.all(all.map(async (path) => (await ask('root', 'GET', path)).text))
  const before = await shown()
  for (const [path, body] of [
    ['/open/draft', '{"__proto__":{"a":1}}'],
    ['/open/draft', '{"title":"x","deep":{"__proto__":1}}'],
    ['/communities/open', '{"metadata":{"__proto__":{"a":1}}}'],
    ['/communities/open', '{"__proto__":1}'],
  ]) {
    assert.equal((await ask('root', 'PATCH', path, { body })).status, 400, body)
    assert.deepEqual(await shown(), before, body)
  }
  assert.deepEqual(errors, [])
})

test('nothing gets an id with which the facts could not be read again', async () => {
  const { ask } = await repository()
  const list = { id: '__proto__', name: 'x', type: 'id', records: ['pub'], operation: 'get', actors: [] }
  for (const [who, path, body] of [
    ['founder', '/communities/', { id: '__proto__', title: 'T' }],
    ['root', '/acls/', list],
  ]) {
    assert.deepEqual(problem(await ask(who, 'POST', path, { body })), [400, 'invalid_id'], path)
    for (const at of [path, '/open/pub', '/records/']) assert.equal((await ask('root', 'GET', at)).status, 200, at)
  }
})

test('a record that is larger than a store holds is refused where it is too large, and nothing is changed', async () => {
  const { ask, store, errors } = await serverWith({ limits: { body: 4_000_000 } })
  const at = await store.revision()
  // Beyond what a store holds, and beyond what the engine reads.
  for (const [size, ...place] of [
    [1_080_000, 400, 'malformed', 'body'],
    [2_000_000, 400, 'too_large', 'body.title'],
  ]) {
    const title = 'x'.repeat(size)
    const shown = (await ask('owner', 'GET', '/A/a-editing')).json.metadata
    for (const [who, method, path, body] of [
      ['member', 'POST', '/A/', { title }],
      ['owner', 'PATCH', '/A/a-editing', { title }],
      ['owner', 'PUT', '/A/a-editing', { ...shown, title }],
    ]) {
      const refused = await ask(who, method, path, { body })
      assert.deepEqual([...problem(refused), refused.json.path], place, `${method} ${size}`)
    }
  }
  const community = { title: 'x'.repeat(2_000_000) }
  const titled = await ask('root', 'POST', '/communities/', { body: { id: 'big', type: 'other', ...community } })
  assert.equal(titled.status, 400)
  assert.deepEqual([await store.revision(), errors], [at, []])
})
