// The command from the packed package, as somebody who installed it has it.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { installPacked, version } from '../hosts/packed.mjs'

test('npx lictor', (t) => {
  const consumer = installPacked()
  t.after(() => consumer.remove())
  const run = (...args) =>
    execFileSync('npx', ['--no-install', 'lictor', ...args], { cwd: consumer.folder, encoding: 'utf8' })
  assert.equal(run('--version'), `${version}\n`)
  assert.match(
    run('communities', 'create', 'cesnet', 'CESNET', '--description', 'Networks'),
    /^Created community: cesnet/,
  )
  assert.equal(run('communities', 'list'), '- cesnet - CESNET Networks\n')
  assert.match(run('actions', 'allow', 'cesnet', 'curator', 'publish'), /^Added role action: community-publish /)
  assert.match(run('--policy', 'oarepo-3.0.5', 'actions', 'list'), /^Available actions:\n- /)
  // An early end of whoever reads is no fault.
  const piped = spawnSync('sh', ['-c', 'node_modules/.bin/lictor actions list -c cesnet | head -n 1'], {
    cwd: consumer.folder,
    encoding: 'utf8',
  })
  assert.deepEqual([piped.stdout, piped.stderr], ['Available actions:\n', ''])
})
