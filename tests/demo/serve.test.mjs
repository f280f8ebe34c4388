// `npm start`'s server: one process for page and repository, on this machine only, keeping what was done.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { textOf } from '../../pkg/scripts/build/text.mjs'
import { build } from '../../www/build.mjs'
import { serve } from '../../www/serve.mjs'
import { output } from './helpers.mjs'

let folder
before(async () => {
  folder = mkdtempSync(join(output, 'serve-'))
  await build({ dist: join(folder, 'dist') })
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function served(options, work) {
  const server = await serve({ port: 0, folder: join(folder, 'dist'), ...options })
  try {
    return await work(server)
  } finally {
    await server.close()
  }
}

const ask = (server, path, person, init = {}) =>
  fetch(server.url + path, {
    ...init,
    headers: { authorization: `Bearer demo-${person}`, 'content-type': 'application/json' },
  })

test('what was done survives a restart, and `--fresh` begins anew', async () => {
  const file = join(folder, 'repository.sqlite')
  const state = async (server, id) =>
    (await (await ask(server, `api/alpine-hydrology/${id}`, 18)).json()).metadata.state
  const id = await served({ file }, async (server) => {
    const all = Object.values((await server.store.all()).records)
    const { id } = all.find(
      (record) => record.communities?.primary === 'alpine-hydrology' && record.state === 'pending-approval',
    )
    assert.equal(await state(server, id), 'pending-approval')
    const answer = await ask(server, `api/alpine-hydrology/${id}/approve`, 18, { method: 'POST', body: '{}' })
    assert.ok(answer.ok, `${answer.status}`)
    return id
  })
  assert.equal(await served({ file }, (server) => state(server, id)), 'approved')
  assert.equal(await served({ file, fresh: true }, (server) => state(server, id)), 'pending-approval')
})

test('the page and the API come from one address, and only from this machine', async () => {
  await served({}, async (server) => {
    const page = await fetch(server.url)
    assert.match(await page.text(), /<div id="app">/)
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/)
    assert.deepEqual(await (await fetch(`${server.url}server.json`)).json(), { server: true })
    assert.equal((await (await fetch(`${server.url}api/openapi.json`)).json()).info.title, 'The demo of lictor')
    assert.equal((await fetch(`${server.url}api/sync/pull`, { method: 'POST', body: '{}' })).status, 401)
    assert.equal((await fetch(`${server.url}..%2f..%2fpackage.json`)).status, 404)
    assert.equal((await fetch(`${server.url}api/demo/reset`, { method: 'POST' })).status, 401, 'not for strangers')
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(server.url)
      request(
        { port, host: '127.0.0.1', path: '/api/openapi.json', headers: { host: 'elsewhere.example' } },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        },
      )
        .on('error', reject)
        .end()
    })
    assert.equal(status, 421)
  })
})

test('what happened is told to those only who may read the record it happened to', async () => {
  await served({}, async (server) => {
    const { id } = Object.values((await server.store.all()).records).find(
      (record) => record.communities?.primary === 'alpine-hydrology' && record.state === 'pending-approval',
    )
    await ask(server, `api/alpine-hydrology/${id}/approve`, 18, { method: 'POST', body: '{}' })
    const heard = async (person) => (await ask(server, 'api/demo/heard', person)).json()
    assert.deepEqual(
      (await heard(18)).map(({ event, record }) => [event, record]),
      [['on-community-approve', id]],
    )
    assert.deepEqual(await heard(13), [])
  })
})

test('the page loads the engine once, and none of the server', () => {
  const page = join(folder, 'dist/page')
  const script = (path) => readFileSync(join(page, path), 'utf8')
  const main = script(`assets/${readdirSync(join(page, 'assets')).find((name) => /^main-\w+\.js$/.test(name))}`)
  const worker = script('sw.js')
  // A word of the AuthZEN endpoints, which only the server has; and the beginning of the wasm, as scripts hold it.
  const engine = textOf(readFileSync(new URL('../../pkg/dist/lictor.wasm', import.meta.url))).slice(0, 1000)
  assert.equal(main.includes('authzen-configuration'), false)
  assert.equal(worker.includes('authzen-configuration'), true)
  for (const text of [main, worker]) assert.equal(text.split(engine).length - 1, 1, 'one engine')
})
