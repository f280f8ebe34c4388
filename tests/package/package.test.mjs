// The package as a whole: what is in it, and whether its `exports` mean the same to every tool.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { installPacked, root, version } from '../hosts/packed.mjs'

describe('the package', () => {
  let consumer
  before(() => {
    consumer = installPacked()
  })
  after(() => consumer?.remove())

  const installed = (file) => join(consumer.folder, 'node_modules/lictor', file)

  test('holds the engine, the tools, its licence, and nothing of the build', () => {
    const { files } = consumer
    assert.deepEqual(
      files.filter((file) => file.endsWith('.wasm')),
      ['dist/lictor-check.wasm', 'dist/lictor-tools.wasm', 'dist/lictor.wasm'],
    )
    assert.ok(files.includes('LICENSE'))
    const allowed = /^(dist\/.*\.(js|json|wasm|d\.ts)|package\.json|README\.md|LICENSE)$/
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    )
  })

  test('has the version of the crate', () => {
    const [, crate] = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.*)"$/m)
    assert.equal(version, crate)
  })

  test('names only files that exist in its exports', () => {
    const { exports } = JSON.parse(readFileSync(installed('package.json'), 'utf8'))
    const targets = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(targets))
    for (const target of targets(exports).filter((path) => !path.includes('*'))) readFileSync(installed(target))
  })

  test('resolves no URL beside a script and no top-level await, which bundlers break', () => {
    for (const file of consumer.files.filter((name) => name.endsWith('.js'))) {
      const text = readFileSync(installed(file), 'utf8')
      assert.doesNotMatch(text, /import\.meta/, file)
      assert.doesNotMatch(text, /^(const .*= )?await /m, file)
    }
  })

  test('passes publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed(''), strict: true, pack: false })
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg, { color: false })),
      [],
    )
  })

  test('passes are-the-types-wrong', () => {
    const attw = (...options) =>
      execFileSync(join(root, 'node_modules/.bin/attw'), [consumer.tarball, '--no-color', ...options], {
        encoding: 'utf8',
      })
    const { exports } = JSON.parse(readFileSync(installed('package.json'), 'utf8'))
    // Client, server and the stores of hosts are ES modules only.
    const modern = Object.keys(exports).filter((path) => exports[path].import && !exports[path].require)
    assert.ok(modern.includes('./client') && modern.includes('./server'))
    attw('--profile', 'esm-only', '--entrypoints', ...modern)
    const wasms = Object.keys(exports).filter((path) => path.endsWith('.wasm'))
    // Presets and the raw wasm have no declarations, and `lictor/x` needs a resolver that reads `exports`.
    attw('--profile', 'node16', '--exclude-entrypoints', ...wasms, ...modern)
  })
})
