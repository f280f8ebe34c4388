// schemathesis makes up requests from the document the server serves: nothing breaks it, and every answer is documented.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { serve } from 'lictor/server/node'
import { serverWith } from './world.mjs'

const VERSION = '4.32.5'
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

for (const [who, token] of [
  ['a curator', 'curator'],
  ['a superuser', 'root'],
]) {
  test(`as ${who}`, async (t) => {
    install()
    const { handler, errors } = await serverWith()
    const served = await serve(handler)
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
      const env = { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
      const { failed, output } = await new Promise((resolve) => {
        execFile(program, args, { env, maxBuffer: 64 << 20, cwd: venv }, (error, stdout, stderr) =>
          resolve({ failed: error !== null, output: stdout + stderr }),
        )
      })
      assert.ok(!failed, output)
      assert.deepEqual(errors, [])
      t.diagnostic(output.match(/\d+ generated.*|\d+ test cases?.*/)?.[0] ?? output.slice(-300))
    } finally {
      await served.close(0)
      await handler.close()
    }
  })
}
