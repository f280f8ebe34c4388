// `users.yaml` as Invenio loads it: who is there afterwards, and whether it went wrong. Rows share one database, in order.
import { createTools } from '../../../dist/tools-node.js'
import { cell, list, NotUnderstood, only } from '../shape.mjs'
import { ACCOUNTS, inOrder, openRepository } from './shape.mjs'

const KEYS = ['id', 'label', 'users_yaml', 'RDM_RECORDS_USER_FIXTURE_PASSWORDS', 'users_created', 'error']
const FIELDS = [
  ...['username', 'active', 'confirmed', 'full_name', 'affiliations', 'roles', 'allow'],
  ...['password_matches', 'hash_prefix'],
]

/** A password that is none of those a row tells of. */
const RANDOM = 'random/other'

/** Whether it went wrong, who is there, and each of them. */
export async function usersYaml(row, table) {
  only(row, KEYS, 'row')
  const expected = list(row.users_created, 'users_created').map((user) => only(user, ['email', ...FIELDS], 'user'))
  const results = await inOrder(table, () => runAll(table.cases, table))
  const { failed, users } = results[table.cases.indexOf(row)] ?? {}
  if (users === undefined) throw new NotUnderstood('the row is not in its table')
  const emails = (all) => all.map(({ email }) => email).sort()
  const both = expected
    .map((user) => [user, users.find(({ email }) => email === user.email)])
    .filter(([, found]) => found)
  const fields = both.flatMap(([user, found]) =>
    FIELDS.map((field) => cell(`${user.email} ${field}`, sorted(user[field]), sorted(found[field]))),
  )
  return [cell('failed', row.error !== null, failed), cell('emails', emails(expected), emails(users)), ...fields]
}

const sorted = (value) => (Array.isArray(value) ? [...value].sort() : value)

async function runAll(rows, { roles_present: roles = [] }) {
  const repository = await openRepository()
  const tools = await createTools({ policy: ACCOUNTS })
  try {
    for (const role of roles) await repository.accounts.createRole(role)
    const known = new Set(rows.flatMap(passwordsOf))
    const results = []
    for (const row of rows) results.push(await runOne(row, repository, { tools, known }))
    return results
  } finally {
    tools.free()
    await repository.close()
  }
}

function passwordsOf({ users_yaml: text, RDM_RECORDS_USER_FIXTURE_PASSWORDS: configured }) {
  const written = [...(text ?? '').matchAll(/password: *['"]?([^\s'"]+)/g)].map(([, word]) => word)
  return [...written, ...Object.values(configured ?? {})].filter((word) => typeof word === 'string')
}

async function runOne(row, { accounts, store }, { tools, known }) {
  const { users_yaml: text, RDM_RECORDS_USER_FIXTURE_PASSWORDS: passwords } = row
  let created = []
  let failed = false
  try {
    created = (await accounts.load(text, { passwords })).created.map(({ email }) => email)
  } catch (error) {
    if (error.name !== 'LictorError') throw error
    failed = true
  }
  // As the table tells it: who was made, and who of those the file names was there already.
  const named = [...(text ?? '').matchAll(/email: *(\S+@\S+)/g)].map(([, email]) => email)
  const rows = (await accounts.rows()).map((kept) => kept.row)
  const users = []
  for (const account of await accounts.list()) {
    if (!created.includes(account.email) && !named.includes(account.email)) continue
    const { hash } = JSON.parse(await store.cell(`account/${encodeURIComponent(account.id)}`))
    const matches = [...known].filter((password) => tools.verifyPassword(password, hash))
    users.push({
      ...account,
      allow: rows.filter(({ user, exclude }) => user === account.id && !exclude).map(({ action }) => action),
      password_matches: matches.length > 0 ? matches : RANDOM,
      hash_prefix: hash.split('$')[1],
    })
  }
  return { failed, users }
}
