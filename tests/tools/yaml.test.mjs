// `users.yaml` as text: whatever it holds, a fault has its line and path, and nothing is written.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryStore } from 'lictor/store'
import { FileError, LictorError, openAccounts } from 'lictor/tools'

const store = await openMemoryStore()
const accounts = await openAccounts(store)
const empty = await everything()

async function everything() {
  return JSON.stringify([await store.revision(), await store.all(), await store.cells('')])
}

/** The faults of a text, as `line path code`. */
async function faultsOf(text) {
  try {
    await accounts.load(text)
  } catch (error) {
    assert.ok(error instanceof FileError && error instanceof LictorError, error.stack)
    assert.equal(await everything(), empty, 'something was written')
    for (const { line, column, message } of error.faults) {
      assert.ok(Number.isInteger(line) && line >= 1 && Number.isInteger(column) && column >= 1)
      assert.ok(message !== '' && error.message.includes(message))
    }
    return error.faults.map(({ line, path, code }) => `${line} ${path} ${code}`)
  }
  return assert.fail('it was loaded')
}

const bombs = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)

const bad = {
  'no YAML': ['- email: [unclosed\n', '2 users[0].email[0] malformed'],
  'a tab for an indent': ['- email: a@example.org\n\tactive: true\n', '2 users[0].email malformed'],
  'a key twice': ['- email: a@example.org\n  email: b@example.org\n', '2 users[0].email malformed'],
  'two documents': ['[]\n---\n[]\n', '2 users malformed'],
  'an anchor': ['- &a\n  email: a@example.org\n', '2 users[0] malformed'],
  'an alias': ['- email: a@example.org\n- *a\n', '2 users[1] malformed'],
  'a tag of another language': ['- !!python/object:os.system {email: a@example.org}\n', '1 users malformed'],
  'a key that is no text': ['- 1: a@example.org\n', '1 users[0]["?"] malformed'],
  'a key that is a list': ['- ? [a, b]\n  : c\n', '1 users[0]["?"] malformed'],
  __proto__: ['- email: a@example.org\n  __proto__: {active: true}\n', '2 users[0].__proto__ malformed'],
  'a date': ['- email: a@example.org\n  full_name: 2001-12-14\n', '2 users[0].full_name malformed'],
  'a binary': ['- email: a@example.org\n  password: !!binary aGVsbG8gd29ybGQ=\n', '2 users[0].password malformed'],
  'not a number': ['- email: a@example.org\n  password: .nan\n', '2 users[0].password malformed'],
  'a number for a password': ['- email: a@example.org\n  password: 123456\n', '2 users[0].password malformed'],
  'a quoted boolean': ["- email: a@example.org\n  active: 'yes'\n", '2 users[0].active malformed'],
  Norway: ['- email: a@example.org\n  username: no\n', '2 users[0].username malformed'],
  'text where a list belongs': ['- email: a@example.org\n\n\n  roles: admin\n', '4 users[0].roles malformed'],
  'a role in the middle of a list': [
    '- email: a@example.org\n  roles:\n    - nope\n',
    '3 users[0].roles[0] unknown_role',
  ],
  'no list': ['email: a@example.org\n', '1 users malformed'],
  'text alone': ['admin@example.org', '1 users malformed'],
  'no address': ['# people\n\n- username: nobody\n', '3 users[0].email missing_field'],
  'nesting without end': ['['.repeat(100_000), /^1 users(\[0\])* (malformed|too_deep)$/],
  'nesting beyond use': [`- email: ${'['.repeat(40)}${']'.repeat(40)}\n`, /^1 users\[0\]\.email(\[0\])+ too_deep$/],
  'larger than anybody writes': [`# ${'x'.repeat(1_100_000)}`, '1 users too_large'],
}

for (const [what, [text, expected]] of Object.entries(bad)) {
  test(`a file with ${what}`, async () => {
    const [first] = await faultsOf(text)
    if (typeof expected === 'string') assert.equal(first, expected)
    else assert.match(first, expected)
  })
}

test('lines that would unfold to billions are not unfolded', async () => {
  const faults = await faultsOf(['a0: &a0 [x]', ...bombs].join('\n'))
  assert.ok(faults.length > 9 && faults.every((fault) => fault.endsWith(' malformed')), faults.join('\n'))
})

test('every fault is told, in the order of the lines, and at most a hundred of them', async () => {
  const text = '- email: a@example.org\n- username: x\n- email: b@example.org\n  allow: [fly, swim]\n'
  assert.deepEqual(await faultsOf(text), [
    '2 users[1].email missing_field',
    '2 users[1].username invalid_id',
    '4 users[2].allow[0] unknown_action',
    '4 users[2].allow[1] unknown_action',
  ])
  assert.equal((await faultsOf('- email: x\n'.repeat(500))).length, 100)
})

test('what upstream reads is read: YAML 1.1, comments, both forms of lists', async () => {
  const own = await openMemoryStore()
  const other = await openAccounts(own)
  await other.createRole('reviewers')
  const text = '\ufeff# people\n- email: a@example.org # Ada\n  active: yes\n  confirmed: on\n  roles:\n  - reviewers\n'
  const { created } = await other.load(text)
  assert.deepEqual(
    created.map(({ email, active, confirmed, roles }) => [email, active, confirmed, roles]),
    [['a@example.org', true, true, ['reviewers']]],
  )
})
