// The teeth of `npm run vectors` on tables whose rows share a database: what is wrong in a row is told, whatever stands around it.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runFile } from '../pkg/scripts/vectors/run.mjs'

const read = (name) => JSON.parse(readFileSync(new URL(`corpus/upstream/${name}`, import.meta.url), 'utf8'))
const scratch = mkdtempSync(join(tmpdir(), 'lictor-vectors-'))
after(() => rmSync(scratch, { recursive: true }))

/** The tally of a table whose rows were changed. */
function run(name, table, change) {
  const path = join(scratch, name)
  writeFileSync(path, JSON.stringify({ ...table, cases: table.cases.map(change) }))
  return runFile(path)
}

const table = read('users_yaml.json')

test('a file that upstream refuses and one it takes are told apart in every row', async () => {
  const { agree, departs, differs } = await run('users_yaml.json', table, (row) => ({
    ...row,
    error: row.error === null ? 'x' : null,
  }))
  assert.deepEqual([agree, departs, differs.length], [0, 0, table.cases.length])
})

test('somebody who should not be there, or is missing, is told in every row', async () => {
  const more = { ...table.cases[0].users_created[0], email: 'more@example.org' }
  // Of a file that fails in the middle upstream keeps the beginning; that nobody is left of it is a named departure.
  const rows = table.cases.filter(({ error, users_created: users }) => error === null || users.length === 0)
  const plain = { ...table, cases: rows }
  const { agree, departs, differs } = await run('users_yaml.json', plain, (row) => ({
    ...row,
    error: null,
    users_created: row.users_created.length > 0 ? row.users_created.slice(1) : [more],
  }))
  assert.deepEqual([agree, departs, differs.length], [0, 0, rows.length])
})

test('every field of an account is compared', async () => {
  const wrong = { username: 'x', full_name: 'x', affiliations: 'x', roles: ['x'], allow: ['x'], hash_prefix: 'md5' }
  for (const [field, value] of Object.entries({ ...wrong, password_matches: ['x'] })) {
    const rows = table.cases.filter(({ error, users_created: users }) => error === null && users.length > 0)
    const changed = (row) => ({ ...row, users_created: row.users_created.map((user) => ({ ...user, [field]: value })) })
    const { differs } = await run('users_yaml.json', { ...table, cases: rows }, changed)
    assert.equal(differs.length, rows.length, field)
  }
})

test('a command that succeeds and one that fails are told apart in every row', async () => {
  const commands = read('cli.json')
  // What upstream crashes at has an answer here, by a named departure.
  const rows = commands.cases.filter(({ exception }) => exception === null)
  const { agree, departs, differs } = await run('cli.json', commands, (row) =>
    row.exception === null ? { ...row, exit_code: row.exit_code === 0 ? 2 : 0 } : row,
  )
  assert.equal(departs, commands.cases.length - rows.length)
  // A command upstream has not succeeds here.
  assert.equal(agree, rows.filter(({ output }) => output.includes('No such command')).length)
  assert.equal(agree + differs.length, rows.length)
})

const row = { cmd: 'invenio roles create x', input: null, exit_code: 0, output: '', exception: null }
const unknown = {
  'another program': { ...row, cmd: 'lictor roles create x' },
  'another group of commands': { ...row, cmd: 'invenio index init' },
  'another exit code': { ...row, exit_code: 7 },
  'an exception where none belongs': { ...row, exception: 'Error' },
  'another key': { ...row, signal: 9 },
}
for (const [what, bad] of Object.entries(unknown)) {
  test(`not understood: ${what}`, async () => {
    const { notUnderstood } = await run('cli.json', { cases: [bad], final_users: [] }, (same) => same)
    assert.equal(notUnderstood.length, 1)
  })
}
