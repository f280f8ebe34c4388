// Every example, run as its reader would run it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Miniflare } from 'miniflare'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (program, ...args) =>
  execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

test('native: three users, one transition', () => {
  const said = run('cargo', 'run', '--quiet', '--example', 'native')
  assert.match(said, /user 4 approve r1: allow/)
  assert.match(said, /user 7 approve r1: deny Some\("curator"\)/)
  assert.match(said, /ok: 1 change, events \["on-community-approve"\]/)
})

test('node: the same from a store, and the change is written', () => {
  const said = run(process.execPath, 'examples/node/index.mjs')
  assert.match(said, /user 4 approve r1: allow/)
  assert.match(said, /user 9 approve r1: deny/)
  assert.match(said, /on-community-approve/)
  assert.match(said, /approved\n$/)
})

test('server: decides, and shows strangers nothing', () => {
  const said = run(process.execPath, 'examples/server/index.mjs')
  assert.match(said, /^201 \[ 'delete', 'grant', 'link', 'request-approval', 'revoke', 'unlink' \]$/m)
  assert.match(said, /^to a stranger: 404$/m)
})

test('reapply: an index is brought up by the scheduled work of a server', () => {
  const [first, all, second, changed] = run(process.execPath, 'examples/reapply/index.mjs').split(
    /(?<=\n)(?=\d)|(?<=\n)(?=\{)/,
  )
  assert.equal(first, '2 of 2\n')
  assert.match(all, /name: 'reapply', done: 2 .*r1: .*'lawyers'/s)
  assert.equal(second, '1 of 1\n')
  assert.match(changed, /^200 .*name: 'reapply', done: 1 .*r1: .*user: \[ '4' \]/s)
})

test('offline: two devices, one change accepted, one refused and kept', () => {
  const said = run(process.execPath, 'examples/offline/index.mjs')
  assert.match(said, /^offline, the owner may update: allow/m)
  assert.match(said, /^shown at once: Snow depth$/m)
  assert.match(said, /^accepted/m)
  assert.match(said, /^rejected precondition .*'Snow depth'/m)
  assert.match(said, /^kept: Snow cover$/m)
})

test('edge: answers in workerd, and says what is wrong with a bad question', async () => {
  const read = (path) => readFileSync(join(root, path))
  const host = new Miniflare({
    compatibilityDate: '2026-04-01',
    modules: [
      // Without a bundler a worker's modules are named by path.
      {
        type: 'ESModule',
        path: 'worker.js',
        contents: String(read('examples/edge/worker.mjs')).replace("'lictor'", "'./workerd.js'"),
      },
      { type: 'ESModule', path: 'workerd.js', contents: String(read('pkg/dist/workerd.js')) },
      { type: 'CompiledWasm', path: 'lictor.wasm', contents: read('pkg/dist/lictor.wasm') },
    ],
  })
  try {
    const post = async (body) => {
      const response = await host.dispatchFetch('http://edge/', {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      return [response.status, await response.json()]
    }
    const question = {
      subject: { type: 'user', id: 4 },
      action: 'approve',
      resource: {
        type: 'record',
        properties: { communities: { primary: 'c' }, state: 'pending-approval' },
      },
    }
    const facts = {
      communities: { c: { grants: { curator: ['read', 'approve'] } } },
      memberships: [{ community: 'c', user: 4, role: 'curator' }],
      complete: true,
    }
    assert.deepEqual((await post({ ...question, facts }))[1].decision, 'allow')
    assert.deepEqual((await post(question))[1].decision, 'unknown')
    const [status, problem] = await post({ ...question, action: 'fly', facts })
    assert.deepEqual([status, problem.code, problem.path], [400, 'unknown_action', 'evaluation.action'])
    assert.equal((await post('{'))[0], 400)
    assert.deepEqual((await post({ ...question, facts }))[1].decision, 'allow')
  } finally {
    await host.dispose()
  }
})

test('browser: without a bundler, facts kept in IndexedDB, the same after a reload', async () => {
  const types = { '.html': 'text/html', '.js': 'text/javascript' }
  const server = createServer((request, response) => {
    const path = join(root, request.url.endsWith('/') ? `${request.url}index.html` : request.url)
    const found = path.startsWith(root) && existsSync(path) && statSync(path).isFile()
    response.writeHead(found ? 200 : 404, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
    if (found) createReadStream(path).pipe(response)
    else response.end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/examples/browser/`)
    for (let visit = 0; visit < 2; visit++) {
      await page.waitForFunction(() => document.querySelector('#answer').textContent !== '…')
      assert.equal(await page.textContent('#answer'), 'allow')
      await page.reload()
    }
  } finally {
    await browser.close()
    server.close()
  }
})
