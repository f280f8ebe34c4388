// Arguments nobody would give in good faith. Each gets a message and an exit code; none gets a stack, none reaches the
// terminal as it is, and none leaves anything behind.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { makeFolder, pooled } from './run.mjs'

const escape = '\u001b]0;title\u0007\u001b[2J\u009b31m'
const words = [
  '',
  ' ',
  '-',
  '--',
  '---',
  '-c',
  '--=',
  '--json=yes',
  '--store=',
  '--as=',
  '-x',
  '--__proto__',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '-1',
  '1e999',
  '../../../etc/passwd',
  '/',
  '%00',
  '%2e%2e',
  "'; DROP TABLE lictor_entity; --",
  '$(touch made)',
  '{"a":1}',
  '[]',
  escape,
  `a\nb\r\nerror: forged`,
  '\u202egnp.exe',
  '\ud800',
  '\ufeff',
  '\u{1f469}\u200d\u{1f52c}',
  'é'.repeat(300),
  'x'.repeat(20_000),
]

const frames = [
  (word) => [word],
  (word) => [word, word, word],
  (word) => ['communities', word],
  (word) => ['communities', 'list', word],
  (word) => ['communities', 'list', '--as', word],
  (word) => ['communities', 'create', word],
  (word) => ['communities', 'create', 'kept', 'Title', '--ctype', word],
  (word) => ['communities', 'create', 'kept', 'Title', '--logo-path', word],
  (word) => ['actions', 'list', '-c', word],
  (word) => ['actions', 'allow', word, word, word],
  (word) => ['actions', 'allow', 'kept', word, 'read'],
  (word) => ['actions', 'deny', 'kept', 'curator', word],
  (word) => ['explain', word, word, word],
  (word) => ['policy', word],
  (word) => ['policy', 'diff', word, word],
  (word) => ['policy', 'diff', 'oarepo', '--after', word],
  (word) => ['policy', 'check', word],
  (word) => ['policy', 'table', 'oarepo', '--type', word],
  (word) => ['explain', word, 'read', 'nothing'],
  (word) => ['who', word, word],
  (word) => ['who', 'create', '-c', word],
  (word) => ['can', '1', 'read', `member:${word}`, '--with', word],
  (word) => ['communities', 'set', 'kept', word],
  (word) => ['communities', 'set', 'kept', `${word}=public`, '--as', '1'],
  (word) => ['members', 'invite', 'kept', word, word],
  (word) => ['requests', 'list', '--type', word],
  (word) => ['requests', 'accept', word, '--param', word],
  (word) => ['records', 'create', word, '--file', word],
  (word) => ['records', 'create', `${word}:={}`, '-c', 'nowhere'],
  (word) => ['records', 'run', word, word, word],
  (word) => ['users', 'create', word, '--password', word],
  (word) => ['users', 'create', 'a@example.org', '--password', 'secret123', '-u', word, '-p', word, '--id', word],
  (word) => ['users', 'load', word],
  (word) => ['users', 'load', '--app-data', word, '--passwords', word],
  (word) => ['users', 'password', word, '--password', 'secret123'],
  (word) => ['users', 'activate', `${word}@example.org`],
  (word) => ['roles', 'create', word, '-d', word],
  (word) => ['roles', 'add', word, word],
  (word) => ['access', 'allow', word, 'user', word],
  (word) => ['access', 'deny', 'community-read', '-a', word, 'role', word],
  (word) => ['access', 'remove', word, word, word],
  (word) => ['access', 'show', '-e', word, '-r', word],
  (word) => ['access', 'register', word, word, '--argument', word],
  (word) => ['housekeeping', word],
  (word) => ['check-store', word],
  (word) => ['import', word, word],
  (word) => ['import', 'invenio', word, '--store', 'lictor.db'],
  (word) => ['serve', '--port', word || 'none'],
  (word) => ['serve', '--tokens', word],
  // Not on loopback, where it would rightly begin to serve.
  (word) => ['serve', '--host', '0.0.0.0', '--dev-trust-header', word],
  (word) => ['demo', '--host', word || ' '],
  (word) => ['--policy', word, 'actions', 'list', 'surplus'],
  (word) => ['--json', word],
  (word) => [word, '--json'],
]

test('hostile arguments', { timeout: 900_000 }, async (t) => {
  const folder = makeFolder()
  t.after(() => folder.remove())
  assert.equal((await folder.lictor('communities', 'create', 'kept', 'Kept')).code, 0)
  const before = (await folder.lictor('communities', 'list')).out
  const lists = words.flatMap((word, i) => frames.filter((_, j) => isChosen(i, j)).map((frame) => frame(word)))
  let ran = 0
  await pooled(
    lists.map((args) => async () => {
      const label = JSON.stringify(args).slice(0, 200)
      const { code, out, err } = await folder.lictor(...args.map(passable))
      assert.ok([0, 1, 2, 3].includes(code), `${label} ended with ${code}: ${err.slice(0, 300)}`)
      assert.ok(code === 0 || err !== '', `${label} fails without a word`)
      assert.doesNotMatch(err, /\n\s+at |node:internal|unexpected/, label)
      assert.doesNotMatch(out + err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/, label)
      ran += 1
    }),
    4,
  )
  assert.ok(ran > 200, `only ${ran} ran`)
  assert.equal((await folder.lictor('communities', 'list')).out, before)
  assert.deepEqual(
    readdirSync(folder.path).filter((name) => !name.startsWith('lictor.db')),
    [],
  )
  t.diagnostic(`${ran} lists of arguments`)
})

/** Every word in a third of the frames, so that each pair of neighbours meets and the whole takes seconds. */
function isChosen(word, frame) {
  return (word + frame) % 3 === 0
}

/** What no operating system lets through is left out: zero bytes, and halves of surrogate pairs become others. */
function passable(text) {
  return text.replaceAll('\0', '')
}
