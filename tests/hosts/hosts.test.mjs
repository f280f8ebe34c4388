// The packed package, unmodified, on every host that can be had here.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { build } from 'esbuild'
import { askInBrowser, bundled, slim, unbundled } from './chromium.mjs'
import { installPacked } from './packed.mjs'
import { ask, expected, looking } from './question.mjs'
import { askInWorkerd } from './workerd.mjs'

describe('the packed package answers', () => {
  let consumer
  before(() => {
    consumer = installPacked()
  })
  after(() => consumer?.remove())

  function node(file, program) {
    consumer.write(file, `${program}\n${ask}`)
    return execFileSync(process.execPath, [file], { cwd: consumer.folder, encoding: 'utf8' }).trim()
  }

  test('in Node by import', () => {
    assert.equal(node('esm.mjs', "import * as lictor from 'lictor'; console.log(await ask(lictor))"), expected)
  })

  test('in Node by require', () => {
    assert.equal(node('cjs.cjs', "ask(require('lictor')).then(console.log)"), expected)
  })

  test('import and require give the same instance', () => {
    const program = `
      import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      for (const name of ['lictor', 'lictor/store']) {
        const imported = await import(name), required = require(name)
        for (const key of Object.keys(required)) if (imported[key] !== required[key]) console.log(name, key)
        if (Object.keys(imported).join() !== Object.keys(required).sort().join()) console.log(name, 'names differ')
      }`
    assert.equal(node('same.mjs', program), '')
  })

  for (const format of ['esm', 'cjs']) {
    test(`in Node, bundled into one file (${format})`, async () => {
      const contents = `import * as lictor from 'lictor'; ask(lictor).then(console.log)\n${ask}`
      const stdin = { contents, resolveDir: consumer.folder }
      const options = { stdin, bundle: true, write: false, format, platform: 'node' }
      const { outputFiles } = await build(options)
      const folder = mkdtempSync(join(tmpdir(), 'lictor-bundled-'))
      const file = join(folder, format === 'esm' ? 'all.mjs' : 'all.cjs')
      writeFileSync(file, outputFiles[0].text)
      assert.equal(execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' }).trim(), expected)
      rmSync(folder, { recursive: true })
    })
  }

  test('in Node with the caller bringing the wasm', () => {
    const program = `
      import { readFileSync } from 'node:fs'
      import { fileURLToPath } from 'node:url'
      import * as lictor from 'lictor/slim'
      lictor.init(readFileSync(fileURLToPath(import.meta.resolve('lictor/lictor.wasm'))))
      console.log(await ask(lictor))`
    assert.equal(node('slim.mjs', program), expected)
  })

  test('in Node with a module that was compiled in another realm, as on edge runtimes', () => {
    const program = `
      import { readFileSync } from 'node:fs'
      import { runInNewContext } from 'node:vm'
      import * as lictor from 'lictor/slim'
      const bytes = readFileSync('node_modules/lictor/dist/lictor.wasm')
      lictor.init(runInNewContext('new WebAssembly.Module(bytes)', { bytes }))
      console.log(await ask(lictor))`
    assert.equal(node('realm.mjs', program), expected)
  })

  test('in Chromium, bundled', async () => {
    assert.equal(await askInBrowser(await bundled(consumer.folder)), expected)
  })

  test('in Chromium without a bundler, by an import map', async () => {
    assert.equal(await askInBrowser(unbundled(consumer.folder)), expected)
  })

  test('in Chromium, slim, with the wasm streamed', async () => {
    assert.equal(await askInBrowser(slim(consumer.folder)), expected)
  })

  test('in Chromium, `lictor/check/slim`, with the wasm streamed', async () => {
    const files = ['lictor/check/slim', 'check-slim.js', 'lictor-check.wasm']
    assert.equal(await askInBrowser(slim(consumer.folder, files)), looking)
  })

  test('in Node, `lictor/check/slim` by import and by require, with the caller bringing the wasm', () => {
    const bytes = "readFileSync('node_modules/lictor/dist/lictor-check.wasm')"
    const esm = `
      import { readFileSync } from 'node:fs'
      import * as lictor from 'lictor/check/slim'
      lictor.init(${bytes})
      console.log(await ask(lictor))`
    const cjs = `
      const { readFileSync } = require('node:fs')
      const lictor = require('lictor/check/slim')
      lictor.init(Promise.resolve(${bytes}))
      ask(lictor).then(console.log)`
    assert.equal(node('check-slim.mjs', esm), looking)
    assert.equal(node('check-slim.cjs', cjs), looking)
  })

  test('in Chromium, `lictor/check` bundled', async () => {
    assert.equal(await askInBrowser(await bundled(consumer.folder, 'lictor/check')), looking)
  })

  test('in Node, `lictor/check` by import and by require', () => {
    const run = 'console.log(await ask(lictor))'
    assert.equal(node('check.mjs', `import * as lictor from 'lictor/check'; ${run}`), looking)
    assert.equal(node('check.cjs', "ask(require('lictor/check')).then(console.log)"), looking)
  })

  test('in workerd', async () => {
    assert.equal(await askInWorkerd(consumer.folder), expected)
  })

  test('in workerd, `lictor/check`, which compiles no bytes there either', async () => {
    const check = { entry: 'check-workerd.js', wasm: 'lictor-check.wasm' }
    assert.equal(await askInWorkerd(consumer.folder, check), looking)
  })
})
