// What TypeScript sees of the packed package.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { installPacked, root } from '../hosts/packed.mjs'

const sources = fileURLToPath(new URL('.', import.meta.url))

describe('the declarations', () => {
  let consumer
  before(() => {
    consumer = installPacked()
  })
  after(() => consumer?.remove())

  /** Declarations of dependencies are checked too: a dangling import in ours must not hide behind `skipLibCheck`. */
  function compile(file, ...options) {
    cpSync(join(sources, file.startsWith('hosts') ? 'hosts.ts' : 'consumer.ts'), join(consumer.folder, file))
    const strict = [
      '--strict',
      '--noEmit',
      '--skipLibCheck',
      'false',
      '--target',
      'es2022',
      '--lib',
      'es2023,dom',
      '--types',
      '',
    ]
    try {
      return execFileSync(join(root, 'node_modules/.bin/tsc'), [...strict, ...options, file], {
        cwd: consumer.folder,
        encoding: 'utf8',
      })
    } catch (error) {
      return error.stdout
    }
  }

  test('compile for a bundler', () => {
    assert.equal(compile('bundler.ts', '--module', 'esnext', '--moduleResolution', 'bundler'), '')
  })

  test('compile for Node as an ES module', () => {
    assert.equal(compile('esm.mts', '--module', 'nodenext'), '')
  })

  test('compile for Node as CommonJS', () => {
    assert.equal(compile('cjs.cts', '--module', 'nodenext'), '')
  })

  test('an engine is what client, server and stores take', () => {
    assert.equal(compile('hosts.mts', '--module', 'nodenext'), '')
  })

  test('never say any', () => {
    const declared = consumer.files.filter((file) => file.endsWith('.d.ts'))
    assert.ok(declared.length > 0)
    for (const file of declared) {
      const text = readFileSync(join(consumer.folder, 'node_modules/lictor', file), 'utf8')
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^']*'|"[^"]*"/g, '')
      // As the name of a property it is no type.
      assert.doesNotMatch(code, /\bany\b(?!\??:)/, file)
    }
  })
})
