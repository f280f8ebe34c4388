// The handler behind Node's own HTTP server: what only a real connection shows.
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import test from 'node:test'
import { serve } from 'lictor/server/node'
import { serverWith } from './world.mjs'

async function served(options) {
  const world = await serverWith(options)
  return { ...world, server: await serve(world.handler) }
}

const as = (token, more = {}) => ({ headers: { authorization: `Bearer ${token}`, ...more } })

test('a body over the limit is answered while it is still being sent', async () => {
  const { server } = await served({ limits: { body: 10_000 } })
  const sent = { bytes: 0 }
  const status = await new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { ...as('member').headers, 'content-type': 'application/json' } }
    const call = httpRequest(`${server.url}/A/`, options, (response) => {
      resolve(response.statusCode)
      response.resume()
      call.destroy()
    })
    call.on('error', reject)
    const chunk = Buffer.alloc(4_000, 0x20)
    const more = () => {
      sent.bytes += chunk.length
      if (!call.destroyed && sent.bytes < 1e9) call.write(chunk, () => setImmediate(more))
    }
    more()
  })
  assert.equal(status, 413)
  assert.ok(sent.bytes < 1e8, `${sent.bytes} bytes were sent`)
  assert.equal((await fetch(`${server.url}/communities/`)).status, 200)
  await server.close()
})

test('a length that lies is no way around the limit', async () => {
  const { server } = await served({ limits: { body: 1_000 } })
  const headers = { 'content-type': 'application/json', 'content-length': '1000000000' }
  const socket = connect(server.port, '127.0.0.1')
  const lines = Object.entries({ host: 'x', authorization: 'Bearer member', ...headers })
  socket.write(`POST /A/ HTTP/1.1\r\n${lines.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n`)
  const answer = await new Promise((resolve) => socket.once('data', (data) => resolve(String(data))))
  assert.match(answer, /^HTTP\/1\.1 413 /)
  socket.destroy()
  await server.close(0)
})

test('lengths of concealed answers are those of real ones on the wire', async () => {
  const { server } = await served()
  const lengths = await Promise.all(
    ['/A/a-editing', '/A/nothing', '/secret/', '/nosuch/', '/communities/secret'].map(async (path) => {
      const response = await fetch(server.url + path, as('stranger'))
      return [response.status, response.headers.get('content-length'), [...response.headers.keys()].sort().join()]
    }),
  )
  assert.equal(new Set(lengths.map(String)).size, 1, lengths.join('\n'))
  await server.close()
})

test('closing lets a running request end, and takes no new one', async () => {
  let release
  const held = new Promise((resolve) => (release = resolve))
  let begun
  const waiting = new Promise((resolve) => (begun = resolve))
  const { server } = await served({
    events: {
      'on-community-approve': async () => {
        begun()
        await held
      },
    },
  })
  const running = fetch(`${server.url}/A/a-pending/approve`, { method: 'POST', ...as('curator') })
  await waiting
  const closed = server.close()
  await assert.rejects(fetch(`${server.url}/communities/`))
  release()
  assert.equal((await running).status, 202)
  await closed
})

test('a port that is taken is an error, not a crash', async () => {
  const { server, handler } = await served()
  await assert.rejects(serve(handler, { port: server.port }), { code: 'EADDRINUSE' })
  await server.close()
})

test('what is no HTTP, or no address, does not stop the server', async () => {
  const { server, errors } = await served()
  for (const line of [
    'GET // HTTP/1.1',
    'GET /\\ HTTP/1.1',
    'GET http://[ HTTP/1.1',
    'FLY / HTTP/1.1',
    'GET /%c0%af HTTP/1.1',
    '\0\0\0',
  ]) {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`${line}\r\nhost: x\r\nconnection: close\r\n\r\n`)
    const answer = await new Promise((resolve) => {
      let text = ''
      socket.on('data', (data) => (text += data))
      socket.on('close', () => resolve(text))
    })
    assert.match(answer, /^HTTP\/1\.1 4/, line)
  }
  assert.equal((await fetch(`${server.url}/communities/`)).status, 200)
  assert.deepEqual(errors, [])
  await server.close()
})
