// `lictor/tools` by itself: passwords, handles, CommonJS, and a host that compiles nothing.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { createTools, LictorError } from 'lictor/tools'

const tools = await createTools()

test('a hash is verified by its password alone, and no two are the same', () => {
  const [one, other] = [tools.hashPassword('correct horse'), tools.hashPassword('correct horse')]
  assert.notEqual(one, other)
  for (const hash of [one, other]) {
    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    assert.equal(tools.verifyPassword('correct horse', hash), true)
    assert.equal(tools.verifyPassword('Correct horse', hash), false)
  }
})

test('hashes of other programs are verified: the reference implementation, at its own cost', () => {
  // echo -n "password" | argon2 somesalt -id -t 2 -k 65536 -p 1, from the tests of the reference implementation.
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  assert.equal(tools.verifyPassword('password', hash), true)
  assert.equal(tools.verifyPassword('differentpassword', hash), false)
})

test('what is no hash of ours is nobody’s password, and costs no time', () => {
  const salted = 'c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  const hashes = [
    '',
    'secret',
    '$',
    `$argon2i$v=19$m=65536,t=2,p=1$${salted}`,
    `$argon2id$v=19$m=4194304,t=2,p=1$${salted}`,
    `$argon2id$v=19$m=65536,t=1000000,p=1$${salted}`,
    `$argon2id$v=19$m=65536,t=2,p=255$${salted}`,
    '$pbkdf2-sha512$25000$m9Oak/Ie47zX2jvHGMP43w$Z93hcIfU7NnQbwp0f/TjsQ37MM11kDTXDyTGLorZzsDvfT3k3O4DhERtrpkHK7VC',
  ]
  for (const hash of hashes) assert.equal(tools.verifyPassword('password', hash), false, hash)
})

test('a password that cannot be hashed is refused', () => {
  for (const password of [7, null, undefined, '\ud800', 'x'.repeat(1025)])
    assert.throws(() => tools.hashPassword(password), LictorError)
})

test('random words do not repeat, and use every letter', () => {
  const words = Array.from({ length: 500 }, () => tools.randomPassword())
  assert.equal(new Set(words).size, words.length)
  assert.ok(words.every((word) => /^[a-km-np-z2-9]{20}$/.test(word)))
  assert.equal(new Set(words.join('')).size, 32)
  assert.match(tools.randomId(), /^u[a-km-np-z2-9]{12}$/)
})

test('tools that were freed say so', async () => {
  const other = await createTools({ policy: 'oarepo' })
  other.free()
  other.free()
  assert.throws(
    () => other.actions(),
    (error) => error instanceof LictorError && error.code === 'stale_handle',
  )
})

test('a policy or actions that cannot be read are refused', async () => {
  await assert.rejects(createTools({ policy: {} }), LictorError)
  await assert.rejects(createTools({ actions: { mine: {} } }), LictorError)
  await assert.rejects(createTools({ actions: 7 }), LictorError)
})

test('required and imported it is one module', async () => {
  const required = createRequire(import.meta.url)('lictor/tools')
  assert.equal(required.createTools, createTools)
})

test('in workerd, which compiles nothing', async () => {
  const contents = `
    import { openMemoryStore } from 'lictor/store'
    import { openAccounts } from 'lictor/tools'
    export default {
      async fetch() {
        const accounts = await openAccounts(await openMemoryStore())
        const { created } = await accounts.load('- email: a@example.org\\n  active: true\\n  confirmed: true\\n')
        const [{ id, password }] = created
        const signed = await accounts.signIn('A@example.org', password)
        return new Response(String(signed.id === id && (await accounts.signIn('A@example.org', 'wrong')) === null))
      },
    }`
  const made = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['*.wasm'],
  })
  const wasm = fileURLToPath(import.meta.resolve('lictor/lictor-tools.wasm'))
  const host = new Miniflare({
    compatibilityDate: '2026-04-01',
    modules: [
      { type: 'ESModule', path: 'worker.js', contents: made.outputFiles[0].text },
      { type: 'CompiledWasm', path: 'lictor-tools.wasm', contents: readFileSync(wasm) },
    ],
  })
  try {
    assert.equal(await (await host.dispatchFetch('http://worker/')).text(), 'true')
  } finally {
    await host.dispose()
  }
})
