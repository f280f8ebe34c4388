/** Access lists as they are given on a command line: a JSON document, options beside it, or both. Options win. */

import { type Command, InvalidArgumentError } from 'commander'
import { object } from '../policy-words.js'
import type { Json, JsonObject } from '../types.js'
import { usage } from './failure.js'
import { readJson } from './files.js'
import { collected, givenValues } from './given.js'
import { filled } from './options.js'

export interface AclOptions {
  file?: string
  type?: string
  name?: string
  operation?: string
  schema?: string[]
  record?: string[]
  query?: string
  property?: string[]
  user?: string[]
  role?: string[]
  systemRole?: string[]
  recordUser?: string[]
  recordRole?: string[]
  roleFor?: string[]
  priority?: number
  group?: string
  deny?: boolean
  state?: string[]
}

export function withAclOptions(command: Command): Command {
  command.option('--file <file>', 'the list as JSON, `-` for standard input; options beside it win', filled)
  command.option('--type <type>', '`id`, `default`, `query`, `property_value`; what is given says, if left out', filled)
  command.option('--name <text>', 'for people').option('--operation <word>', '`get`, `update`, `delete`, ...', filled)
  command.option('--schema <key>', 'schema of the records that are meant (repeatable)', collected)
  command.option('--record <id>', 'a record that is meant (repeatable)', collected)
  command.option('--query <json>', 'which records are meant: `{"term": {"faculty": "law"}}`', filled)
  command.option('--property <key=value>', 'what records that are meant say (repeatable; KEY:=JSON too)', collected)
  command.option('--user <id>', 'of whom it speaks: a user (repeatable)', collected)
  command.option('--role <name>', 'whoever has this role everywhere (repeatable)', collected)
  command.option('--system-role <name>', '`anonymous`, `authenticated`, `everyone` (repeatable)', collected)
  command.option('--record-user <pointer>', 'users that stand in the record, at `/creator` (repeatable)', collected)
  command.option('--record-role <pointer>', 'roles that stand in the record (repeatable)', collected)
  command.option('--role-for <words>', 'ROLE:PARAMETER:POINTER, the role for what stands there (repeatable)', collected)
  command.option('--priority <number>', 'of the lists that speak of a record, the highest counts', whole)
  command.option('--group <name>', 'the group within which priorities are compared', filled)
  command.option('--deny', 'deny in place of allow').option('--no-deny', 'allow again')
  return command.option('--state <state>', 'only records in this state (repeatable)', collected)
}

/** What says which records are meant, and the type of list that it is for. */
const MEANS = { records: 'id', query: 'query', property_values: 'property_value' } as const

/** What is not the client's to say. */
const OWN = ['id', 'originator', 'changed']

/** The list: that of the file, or what stands there before, with what the options say in its place. */
export function givenAcl(options: AclOptions, before: JsonObject = {}): JsonObject {
  const start = Object.entries(options.file === undefined ? before : object(readJson(options.file)))
  const base = new Map(start.filter(([key]) => !OWN.includes(key)))
  const means = Object.entries(meaning(options)).filter(([, value]) => value !== undefined)
  if (means.length > 1) throw usage('give one of `--record`, `--query` and `--property`: each is another type of list')
  for (const [key, value] of means) {
    for (const other of [...Object.keys(MEANS), 'matches']) base.delete(other)
    base.set(key, value ?? null).set('type', MEANS[key as keyof typeof MEANS])
  }
  const actors = actorsIn(options)
  const { type, name, operation, schema, priority, group, deny, state } = options
  const said: { [key: string]: Json | undefined } = {
    type: type ?? (base.has('type') ? undefined : 'default'),
    name,
    operation,
    schemas: schema,
    priority,
    priority_group: group,
    effect: deny === undefined ? undefined : deny ? 'deny' : 'allow',
    states: state,
    actors: actors.length > 0 || !base.has('actors') ? actors : undefined,
  }
  for (const [key, value] of Object.entries(said)) if (value !== undefined) base.set(key, value)
  return Object.fromEntries(base)
}

function meaning({ record, query, property }: AclOptions): { [key in keyof typeof MEANS]: Json | undefined } {
  const rows = property && givenValues(property).map(({ key, value }) => ({ name: key, value }))
  return { records: record, query: query === undefined ? undefined : parsed(query), property_values: rows }
}

function actorsIn({ user, role, systemRole, recordUser, recordRole, roleFor }: AclOptions): JsonObject[] {
  return [
    ...(user ? [{ type: 'user', users: user }] : []),
    ...(role ? [{ type: 'role', roles: role }] : []),
    ...(systemRole ?? []).map((name) => ({ type: 'system_role', system_role: name })),
    ...(recordUser ?? []).map((path) => ({ type: 'record_user', path })),
    ...(recordRole ?? []).map((path) => ({ type: 'record_role', path })),
    ...(roleFor ?? []).map(parametrised),
  ]
}

function parametrised(text: string): JsonObject {
  const [, role, parameter, path] = /^([^:]+):([^:]+):(.+)$/.exec(text) ?? []
  if (role === undefined || parameter === undefined || path === undefined)
    throw usage(`\`${text}\` is not ROLE:PARAMETER:POINTER, such as administrator:faculty:/faculty`)
  return { type: 'parametrised_role', role, parameter, path }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw usage(`\`--query\` is not JSON: ${(error as Error).message}`)
  }
}

function whole(text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw new InvalidArgumentError('it is a whole number')
  return Number(text)
}
