/** `users.yaml`: read, checked whole, and written all or nothing. */

import { type Fault, LictorError } from '../../errors.js'
import type { HostStore } from '../../store/host.js'
import type { Change } from '../../types.js'
import type { UsersFile } from '../shapes.js'
import type { Tools } from '../tools.js'
import { FileError, type FaultInFile, inOrder, type LookedAtYaml, lookAtYaml } from '../yaml.js'
import { readRole, roleKey, roleNames } from './cells.js'
import { type Prepared, prepared, taken, writeOf } from './make.js'
import type { Loaded, Passwords } from './shapes.js'
import { written } from './write.js'

const ROOT = 'users'

/** Who is made where there is no file, with the role: somebody must be able to begin. */
const FIRST = {
  email: 'admin@inveniosoftware.org',
  active: true,
  confirmed: true,
  roles: ['admin'],
  allow: ['superuser-access'],
}
const NO_FILE: LookedAtYaml = {
  value: [FIRST],
  faults: [],
  position: () => ({ line: 1, column: 1 }),
  sure: () => true,
}
const FIRST_ROLE = { name: 'admin', description: 'administrators' }

export async function loadUsers(
  store: HostStore,
  tools: Tools,
  text: string | null,
  { passwords }: { passwords?: Passwords },
): Promise<Loaded> {
  const read = text === null ? NO_FILE : lookAtYaml(text, ROOT)
  const check = async (): Promise<UsersFile> => {
    const roles = [...new Set([...(await roleNames(store)), ...(text === null ? [FIRST_ROLE.name] : [])])]
    const there = { roles, ...(await taken(store, read.value)) }
    return placing(read, () => tools.users({ users: read.value, ...(passwords && { passwords }), there }))
  }
  const hashed = new Map<string, Prepared>()
  for (const user of (await check()).users) hashed.set(user.key, prepared(tools, user))
  return written(store, async () => {
    // Others may have made some of them meanwhile: those are skipped, as if they had been there before.
    const { users, skipped, warnings } = await check()
    const made = users.map((user) => hashed.get(user.key) ?? prepared(tools, user))
    const role = text === null && users.length > 0 && (await readRole(store, FIRST_ROLE.name)) === null
    const also = role
      ? [
          {
            key: roleKey(FIRST_ROLE.name),
            text: JSON.stringify({ description: FIRST_ROLE.description, external: false }),
          },
        ]
      : []
    const { result, write } = await writeOf(store, tools, made, {
      also,
      rows: (user, allow) => rowsFor(tools, user, allow),
    })
    const loaded: Loaded = {
      created: result,
      skipped: skipped.map((one) => ({ ...one, line: read.position(one.path).line })),
      warnings: warnings.map((one) => ({ ...one, ...read.position(one.path) })),
    }
    return { result: loaded, ...(result.length > 0 && { write }) }
  })
}

function rowsFor(tools: Tools, user: string, allow: string[]): Change[] {
  const there = { roles: [], communities: [] }
  return allow.flatMap((action) => tools.access({ do: 'allow', action, subjects: [{ user }], rows: [], there }).changes)
}

/** What the engine finds, with everything that is wrong with the file and the lines it stands in. */
function placing({ faults, position, sure }: LookedAtYaml, ask: () => UsersFile): UsersFile {
  const placed = (found: Fault[]): FaultInFile[] =>
    found
      .map((fault) => ({ ...fault, ...position(fault.path) }))
      .filter(({ path }) => sure(path))
      .sort((a, b) => a.line - b.line || a.column - b.column)
  let found: UsersFile | undefined
  let wrong: Fault[] = []
  let cause: unknown
  try {
    found = ask()
    if (faults.length === 0) return found
  } catch (error) {
    if (!(error instanceof LictorError)) throw error
    wrong = error.faults
    cause = error
  }
  const unread = ({ code }: Fault): boolean => code === 'unknown_field'
  const all = inOrder([...faults, ...placed(wrong.filter((fault) => !unread(fault)))])
  const warnings = placed(found?.warnings ?? wrong.filter(unread))
  throw new FileError(all, { ...(cause !== undefined && { cause }), warnings })
}
