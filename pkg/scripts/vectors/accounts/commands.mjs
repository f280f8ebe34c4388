// Invenio's command line for users, roles and access, and what `lictor` says to the same words. Rows share one database, in
// order. Compared is the class of an outcome: texts are each program's own.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cell, list, NotUnderstood, only } from '../shape.mjs'
import { ACCOUNTS, inOrder, openRepository } from './shape.mjs'

const KEYS = ['id', 'cmd', 'input', 'exit_code', 'output', 'exception']
const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url))
const GROUPS = ['users', 'roles', 'access']

/** Options whose value may hold spaces: the table tells a command without its quotes. */
const TEXTS = ['-p', '--profile', '-d', '--description']

export async function commands(row, table) {
  only(row, KEYS, 'row')
  argumentsOf(row.cmd)
  const results = await inOrder(table, () => runAll(table.cases, table))
  const given = results[table.cases.indexOf(row)]
  if (given === undefined) throw new NotUnderstood('the row is not in its table')
  return [cell('outcome', expectedOf(row), given)]
}

/** `crash`: upstream ends with an error nobody meant. */
function expectedOf({ exit_code: code, exception }) {
  if (code === 0 && exception === null) return 'ok'
  if (code === 2 && exception === null) return 'invalid'
  if (code === 1 && typeof exception === 'string') return 'crash'
  throw new NotUnderstood(`exit code ${code} with ${exception === null ? 'no exception' : 'an exception'}`)
}

function argumentsOf(cmd) {
  const [program, ...words] = String(cmd).split(' ')
  if (program !== 'invenio' || !GROUPS.includes(words[0])) throw new NotUnderstood(`the command \`${cmd}\``)
  const found = []
  while (words.length > 0) {
    const word = words.shift()
    found.push(word)
    if (!TEXTS.includes(word)) continue
    const value = []
    while (words.length > 0 && !words[0].startsWith('-')) value.push(words.shift())
    found.push(value.join(' '))
  }
  return found
}

async function runAll(rows, table) {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-vectors-'))
  try {
    const file = join(folder, 'lictor.db')
    await prepare(file, rows, table)
    return rows.map((row) => outcome(row, file))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function outcome({ cmd, input }, file) {
  const args = ['--store', file, '--policy', ACCOUNTS, ...argumentsOf(cmd)]
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { input: input ?? '', encoding: 'utf8' })
  if (status === 0) return 'ok'
  if ((status === 1 || status === 2) && !stderr.includes('unexpected')) return 'invalid'
  return `exit ${status}: ${stderr}`
}

/** Who was there before the first row: all who are there after the last and whom no row creates; and roles held elsewhere. */
async function prepare(file, rows, { final_users: users }) {
  const made = rows.map(({ cmd }) => /^invenio users create (\S+)/.exec(cmd)?.[1])
  const { accounts, close } = await openRepository(file)
  try {
    for (const row of rows) {
      const external = /^Role "(\S+) - .*" is externally managed/m.exec(row.output)?.[1]
      if (external) await accounts.createRole(external, { external: true })
    }
    for (const user of list(users, 'final_users').filter(({ email }) => !made.includes(email))) {
      const { email, username, active, confirmed, roles } = user
      await accounts.create({ email, username, active, confirmed, password: null })
      for (const role of roles) {
        await accounts.createRole(role)
        await accounts.setRole(email, role, true)
      }
    }
  } finally {
    await close()
  }
}
