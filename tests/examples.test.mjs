// Every example, run as its reader would run it.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Miniflare } from 'miniflare'
import { chromium } from 'playwright-core'
import { createTools } from '../pkg/dist/tools-node.js'

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

test('edge, only to look: what may be done, under a policy that was compiled', async () => {
  const read = (path) => readFileSync(join(root, path))
  const tools = await createTools({ changes: { define: { switch_access_lists: 'never' } } })
  const host = new Miniflare({
    compatibilityDate: '2026-04-01',
    modules: [
      {
        type: 'ESModule',
        path: 'worker.js',
        contents: String(read('examples/edge/check.mjs')).replace("'lictor/check'", "'./check-workerd.js'"),
      },
      { type: 'ESModule', path: 'check-workerd.js', contents: String(read('pkg/dist/check-workerd.js')) },
      { type: 'CompiledWasm', path: 'lictor-check.wasm', contents: read('pkg/dist/lictor-check.wasm') },
      { type: 'Data', path: 'policy.bin', contents: Buffer.from(tools.compiled()) },
    ],
  })
  try {
    const post = async (body) => {
      const response = await host.dispatchFetch('http://edge/', { method: 'POST', body: JSON.stringify(body) })
      return [response.status, await response.json()]
    }
    const resource = {
      type: 'record',
      properties: { communities: { primary: 'c' }, state: 'pending-approval', owners: [{ user: 7 }] },
    }
    const facts = {
      communities: { c: { grants: { curator: ['read', 'approve'] } } },
      memberships: [{ community: 'c', user: 4, role: 'curator' }],
      complete: true,
    }
    const about = (id) => ({ subject: { type: 'user', id }, resource })
    const [ok, { allowed, unknown }] = await post({ ...about(4), facts })
    assert.deepEqual([ok, unknown], [200, []])
    assert.ok(allowed.includes('approve') && !allowed.includes('publish'), allowed)
    assert.ok(!(await post({ ...about(9), facts }))[1].allowed.includes('approve'))
    assert.ok((await post(about(4)))[1].unknown.includes('approve'))
    const [status, { path }] = await post({ ...about(4), facts: { ...facts, memberships: [{ community: 'c' }] } })
    assert.equal(status, 400)
    assert.match(path, /^facts\.memberships\[0\]/)
  } finally {
    await host.dispose()
  }
})

test('react: buttons for what is allowed, and work without the network that is sent when it is back', async () => {
  const server = spawn(process.execPath, ['examples/react/serve.mjs'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [url] = await once(server.stdout, 'data')
    await inBrowser(String(url).trim(), async (page) => {
      const river = page.locator('li', { hasText: 'River ice' })
      const buttons = (row) => row.locator('button').allTextContents()
      await river.locator('button', { hasText: 'approve' }).waitFor()
      assert.deepEqual(await buttons(river), ['update', 'approve', 'request-changes'])
      await page.context().setOffline(true)
      await river.locator('button', { hasText: 'approve' }).click()
      // Shown at once, with what may be done next: a curator may do nothing more to it.
      await river.locator('em', { hasText: 'approved' }).waitFor()
      assert.deepEqual(await buttons(river), [])
      assert.match(await page.locator('ol').textContent(), /approve: (saved|sent)/)
      await page.context().setOffline(false)
      await page.waitForFunction(() => document.querySelector('ol').children.length === 0)
      await page.reload()
      await river.locator('em', { hasText: 'approved' }).waitFor()
    })
  } finally {
    server.kill()
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
  try {
    await inBrowser(`http://127.0.0.1:${server.address().port}/examples/browser/`, async (page) => {
      for (let visit = 0; visit < 2; visit++) {
        await page.waitForFunction(() => document.querySelector('#answer').textContent !== '…')
        assert.equal(await page.textContent('#answer'), 'allow')
        await page.reload()
      }
    })
  } finally {
    server.close()
  }
})

async function inBrowser(url, work) {
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
    await page.goto(url)
    await work(page)
  } finally {
    await browser.close()
  }
}
