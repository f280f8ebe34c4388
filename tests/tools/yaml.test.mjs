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

const everywhere = {
  'an anchor: what it names is looked at, what stands for it is not': [
    '- &a\n  email: a\n- *a\n- email: b@example.org\n  active: "yes"\n  roles: &r [nope]\n- email: c@example.org\n  roles: *r\n',
    [
      '2 users[0] malformed',
      '2 users[0].email invalid_id',
      '3 users[1] malformed',
      '5 users[2].active malformed',
      '6 users[2].roles malformed',
      '6 users[2].roles[0] unknown_role',
      '8 users[3].roles malformed',
    ],
  ],
  'a key twice': [
    '- email: a@example.org\n  email: b@example.org\n  roles: [nope]\n- email: q\n',
    ['2 users[0].email malformed', '3 users[0].roles[0] unknown_role', '4 users[1].email invalid_id'],
  ],
  'two documents: the first is looked at': [
    '- email: q\n---\n- email: r\n',
    ['1 users[0].email invalid_id', '2 users malformed'],
  ],
  'a key that is no text': [
    '- 1: x\n  email: q\n- email: a@example.org\n  active: 1\n',
    ['1 users[0]["?"] malformed', '2 users[0].email invalid_id', '4 users[1].active malformed'],
  ],
  'broken syntax: what stands in entries before it': [
    '- email: q\n- email: a@example.org\n  roles: [admin\n- email: r\n',
    ['1 users[0].email invalid_id'],
  ],
}

for (const [what, [text, expected]] of Object.entries(everywhere)) {
  test(`every fault is told of a file with ${what}`, async () => {
    const told = await faultsOf(text)
    if (what.startsWith('broken')) {
      assert.deepEqual(told.slice(0, expected.length), expected)
      assert.ok(
        told.length > expected.length && told.slice(1).every((one) => one.endsWith(' malformed')),
        told.join('\n'),
      )
    } else assert.deepEqual(told, expected)
  })
}

test('what nobody reads is told with what is wrong', async () => {
  const warnings = async (text) => {
    const error = await accounts.load(text).catch((error) => error)
    assert.ok(error instanceof FileError && error.faults.every(({ code }) => code !== 'unknown_field'))
    for (const { message } of error.warnings) assert.ok(error.message.includes(`warning: ${message}`))
    return error.warnings.map(({ line, path, code }) => `${line} ${path} ${code}`)
  }
  const first = '- email: a@example.org\n  hobby: chess\n'
  assert.deepEqual(await warnings(`${first}- email: q\n  colour: blue\n`), [
    '2 users[0].hobby unknown_field',
    '4 users[1].colour unknown_field',
  ])
  assert.deepEqual(await warnings(`${first}  hobby: go\n`), ['3 users[0].hobby unknown_field'])
  assert.deepEqual(await warnings('- email: q\n'), [])
  // Of what is left out, nothing is said.
  assert.deepEqual(await warnings('- 1: x\n  email: a@example.org\n'), [])
})

const deep = {
  lists: '[',
  'lists on lines': '- ',
  maps: '{a: ',
  keys: '? ',
  'keys in braces': '{? ',
  both: '[{a: ',
  'entries and lists': '- [',
}

for (const [what, mark] of Object.entries(deep)) {
  for (const times of [101, 790, 5_000, 100_000]) {
    test(`${times} ${what} in one another are refused in words, with their line`, async () => {
      const [fault, ...more] = (await accounts.load(`\n\n${mark.repeat(times)}`).catch((error) => error)).faults
      assert.deepEqual([fault.code, fault.path, fault.line, more.length], ['too_deep', 'users', 3, 0])
      assert.match(fault.message, /^nested deeper than \d+ levels$/)
    })
  }
}

test('maps in one another, each on a line of its own', async () => {
  const text = Array.from({ length: 1_400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')
  const { faults } = await accounts.load(text).catch((error) => error)
  assert.deepEqual(
    faults.map(({ code, path }) => [code, path]),
    [['too_deep', 'users']],
  )
  assert.ok(faults[0].line >= 90 && faults[0].line <= 110, `line ${faults[0].line}`)
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

test('what some editors put before a text is no part of it, before a list either', async () => {
  const other = await openAccounts(await openMemoryStore())
  const { created } = await other.load('\uFEFF- email: bom@example.org\r\n  active: true\r\n')
  assert.deepEqual(
    created.map(({ email, active }) => [email, active]),
    [['bom@example.org', true]],
  )
})

test('a second document is told in words that help', async () => {
  await assert.rejects(accounts.load('- email: a@example.org\n---\n- email: b@example.org\n'), ({ faults }) => {
    assert.deepEqual(faults, [
      { code: 'malformed', path: 'users', line: 2, column: 1, message: 'a second document begins here; one is read' },
    ])
    return true
  })
})
