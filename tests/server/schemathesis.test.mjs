// schemathesis makes up requests from the document the server serves: nothing breaks it, and every answer is documented.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { serve } from 'lictor/server/node'
import { signedLinks } from 'lictor/server'
import { USERS as LISTS, withLists } from './acl-world.mjs'
import { USERS as INVENIO, invenio } from './invenio-world.mjs'
import { repository, USERS } from './repository-world.mjs'
import { PEOPLE, serverWith } from './world.mjs'

const VERSION = '4.32.5'
const here = fileURLToPath(new URL('.', import.meta.url))
const venv = fileURLToPath(new URL(`../../.tools/schemathesis-${VERSION}`, import.meta.url))
const program = join(venv, 'bin/schemathesis')

/** Installed once, into a folder of this checkout; a later run asks nobody. */
function install() {
  const run = (command, ...args) => {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
    assert.ok(
      status === 0,
      `\`${command} ${args.join(' ')}\` failed: ${error?.message ?? stderr}\n` +
        'This test needs python3 with venv, and a package index that pip reaches, once.',
    )
  }
  if (existsSync(program) && spawnSync(program, ['--version']).status === 0) return
  run('python3', '-m', 'venv', '--clear', venv)
  run(join(venv, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`)
}

/** Not what is valid: that depends on the policy, the caller and the record, which no schema knows. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'unsupported_method',
]
const full = process.argv.includes('--full') || process.env.LICTOR_FULL === '1'

const withLinks = (options) =>
  repository({ links: signedLinks('a secret of thirty-two bytes, or more'), accounts: true, now: Date.now, ...options })

/** Notes which answers of synchronisation were had. */
function watched(handler, reached) {
  return async (request) => {
    const response = await handler(request)
    const [, name] = /\/sync\/(\w+)/.exec(request.url) ?? []
    if (name === undefined || response.status !== 200) return response
    reached.add(name)
    if (name !== 'pull' && name !== 'push') return response
    const { t, verdicts = [] } = await response.clone().json()
    reached.add(`${name} ${t}`)
    for (const { r } of verdicts) reached.add('push verdict').add(`push ${r}`)
    return response
  }
}

for (const [who, token, start, people, records] of [
  ['a curator', 'curator', serverWith, PEOPLE, 'a-editing,a-published'],
  ['a superuser', 'root', serverWith, PEOPLE, 'a-editing,a-published'],
  ['a superuser of the whole model', 'root', withLinks, USERS, 'draft,pub'],
  [
    'a superuser of upstream Invenio',
    'root',
    (options) => invenio({ now: Date.now, ...options }),
    INVENIO,
    'draft,pub',
  ],
  ['a manager of access lists', 'root', withLists, LISTS, 'r1,r2'],
]) {
  test(`as ${who}`, async (t) => {
    install()
    // Streams of events end by themselves here: schemathesis would wait for it.
    const { engine, handler, ask, errors } = await start({ sync: { connection: 50 } })
    const device = {
      LICTOR_DEVICE: 'known',
      LICTOR_BUNDLE: engine.policy.hash,
      LICTOR_USER: String(people[token]),
      LICTOR_RECORDS: records,
      LICTOR_NOW: String(Date.now()),
    }
    const have = { bundle: engine.policy.hash, schema: 1 }
    const pull = { v: 1, device: 'known', cookie: null, subs: ['everywhere'], have, ackVerdicts: 0 }
    assert.equal((await ask(token, 'POST', '/sync/pull', { body: pull })).json.t, 'reset')
    const reached = new Set()
    const served = await serve(watched(handler, reached))
    try {
      const args = [
        ...['run', `${served.url}/openapi.json`, '--header', `Authorization: Bearer ${token}`],
        ...['--checks', CHECKS.join(','), '--seed', '20261122', '--max-examples', full ? '300' : '12'],
        ...[
          '--phases',
          'examples,coverage,fuzzing',
          '--generation-database',
          'none',
          '--warnings',
          'off',
          '--no-color',
        ],
      ]
      const hooks = { SCHEMATHESIS_HOOKS: 'schemathesis_hooks', PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1' }
      const env = { ...process.env, ...hooks, ...device, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
      const { failed, output } = await new Promise((resolve) => {
        execFile(program, args, { env, maxBuffer: 64 << 20, cwd: venv }, (error, stdout, stderr) =>
          resolve({ failed: error !== null, output: stdout + stderr }),
        )
      })
      assert.deepEqual(errors, [])
      assert.ok(!failed, output)
      // What was invented must reach what it is to try: messages that are understood, and intents that are decided.
      const expected = ['pull reset', 'push verdict', 'push accepted', 'events', 'status', 'bundle']
      assert.deepEqual(
        expected.filter((one) => !reached.has(one)),
        [],
      )
      t.diagnostic(output.match(/\d+ generated.*|\d+ test cases?.*/)?.[0] ?? output.slice(-300))
    } finally {
      await served.close(0)
      await handler.close()
    }
  })
}
