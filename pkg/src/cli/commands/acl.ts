/** `lictor acl`: access lists. `acl-reapply.ts` brings an index to what they say. */

import type { Command } from 'commander'
import { aclWords } from '../../acl/words.js'
import { findRecords, type Found } from '../../acl/found.js'
import { newId } from '../../ids.js'
import { isKept, object, strings, typesIn } from '../../policy-words.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Call, ExplainedLists, Filter, Json, JsonObject, Subject } from '../../types.js'
import { type AclOptions, givenAcl, withAclOptions } from '../acl-given.js'
import { EXIT, Failure, isNamed, told } from '../failure.js'
import { filterFor } from '../listing.js'
import { carryOut, resolve, settle } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { typeOfRecord } from '../resource.js'
import { askerOf, type Tools, withStore } from '../session.js'
import { jsonText, shown } from '../text.js'
import { addAclReapply } from './acl-reapply.js'
import { examples } from './help.js'

type WithStore = Tools & { store: HostStore }
type Making = Extract<Call, { acl: JsonObject }>
interface Options extends AclOptions {
  as?: string
  id?: string
  dryRun?: boolean
}

export function addAcl(program: Command): void {
  const group = withCommonOptions(program.command('acl').alias('acls'))
  group.description('access lists: who may do what to which records')

  const list = group.command('list').description('list the access lists there are')
  list.option('--as <user>', 'those this user may manage', filled)
  withCommonOptions(list).action(listAcls)
  examples(list, ['lictor acl list', 'lictor acl list --as 4 --json'])

  const create = withAclOptions(group.command('create').description('make an access list'))
  create.option('--id <id>', 'its id; made up if left out', filled)
  decided(create).action((options: Options) =>
    withLists(create, async (tools) => {
      const { id = newId() } = options
      await change(tools, options, 'Made', { do: 'create_acl', subject: askerOf(options), id, acl: givenAcl(options) })
    }),
  )
  examples(create, [
    'lictor acl create --operation get --schema record --query \'{"term": {"faculty": "law"}}\' --role lawyers',
    'lictor acl create --operation update --record r1 --user 4 --id r1-editors',
    'lictor acl create --file list.json --dry-run',
  ])

  const edit = withAclOptions(group.command('edit').description('change what is given of an access list'))
  decided(edit.argument('<id>', 'its id', filled)).action((id: string, options: Options) =>
    withLists(edit, async (tools) => {
      const subject = askerOf(options)
      const reading = resolve(tools.engine, tools.store, { do: 'read_acl', subject, id })
      const { acl: before } = (await named(reading, `access list \`${id}\``)).value
      await change(tools, options, 'Changed', { do: 'update_acl', subject, id, acl: givenAcl(options, before) })
    }),
  )
  examples(edit, ['lictor acl edit r1-editors --user 4 --user 5', 'lictor acl edit law --priority 10 --dry-run'])

  const remove = group.command('delete').description('remove an access list').argument('<id>', 'its id', filled)
  remove.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(remove).action((id: string, options: Options) =>
    withLists(remove, async ({ engine, store, output }) => {
      const was = options.as === undefined ? await takeUnreadable(engine, store, id) : undefined
      if (was) return output.done({ id, was }, [`Removed ${shown(id)}, which could not be read:`, jsonText(was)])
      await named(carryOut(engine, store, { do: 'delete_acl', subject: askerOf(options), id }), `access list \`${id}\``)
      output.done({ id }, [`Removed ${shown(id)}`])
    }),
  )
  examples(remove, ['lictor acl delete law'])

  const explain = group.command('explain').description('say which lists speak of a record, and which of them count')
  explain.argument('<record>', 'its id', filled).option('--as <user>', 'those this user may manage', filled)
  withCommonOptions(explain).action(explainLists)
  examples(explain, ['lictor acl explain r1'])

  addAclReapply(group)
}

/**
 * A list that no engine can read stands in the way of all that is asked of lists, its own removal too. The host takes it away
 * as what it is, a row of its store. None: there is no such list, or it can be read.
 */
async function takeUnreadable(engine: SyncEngine, store: HostStore, id: string): Promise<JsonObject | undefined> {
  const key = { relation: 'acl', id } as const
  const { acls = {}, revision = '' } = await store.facts([key])
  const list = Object.hasOwn(acls, id) ? acls[id] : undefined
  if (list === undefined) return undefined
  try {
    engine.facts({ acls: { [id]: list } }).free()
    return undefined
  } catch (error) {
    if (!isNamed(error, 'LictorError')) throw error
  }
  await store.commit([{ op: 'del', key }], revision)
  return list
}

function decided(command: Command): Command {
  command.option('--dry-run', 'write nothing; say how many records it would speak of')
  return withCommonOptions(command.option('--as <user>', 'decide whether this user may', filled))
}

/** The engine says of what is not found only that; here it has a name. */
function named<T>(done: Promise<T>, what: string): Promise<T> {
  return told(done, ({ code }) => (code === 'not_found' ? `there is no ${what}` : undefined))
}

/** For commands that mean nothing under a policy without access lists. */
async function withLists(command: Command, work: (tools: WithStore) => Promise<void>): Promise<void> {
  await withStore(command, async (tools) => {
    if (aclWords(tools.engine) === undefined) {
      const message = `the policy \`${tools.engine.policy.name}\` knows no access lists; \`--policy\` names another`
      throw new Failure(EXIT.refused, 'unknown_action', message)
    }
    await work(tools)
  })
}

async function listAcls(options: Options, command: Command): Promise<void> {
  await withLists(command, async ({ engine, store, output }) => {
    const { value } = await resolve(engine, store, { do: 'list_acls', subject: askerOf(options) })
    const { acls = [] } = value
    output.result({ acls }, acls.length > 0 ? acls.map((acl) => `- ${shown(lineOf(acl))}`) : ['None.'])
  })
}

async function change(
  { engine, store, output }: WithStore,
  { dryRun = false }: Options,
  did: string,
  call: Making,
): Promise<void> {
  if (!dryRun) {
    const { acl = {} } = (await carryOut(engine, store, call)).value
    return output.done(acl, [shown(`${did} ${lineOf(acl)}`)])
  }
  const { acl = {} } = (await resolve(engine, store, call)).value
  const found = await finding(engine, store, call)
  const many = `${found.relation === 'gte' ? 'at least ' : ''}${found.total} record${found.total === 1 ? '' : 's'}`
  const ids = found.ids.length === 0 ? '' : `: ${found.ids.join(', ')}${found.total > found.ids.length ? ', ...' : ''}`
  output.result({ acl, found }, [shown(`Would be ${lineOf(acl)}`), shown(`Speaks of ${many}${ids}`)])
}

/** The records it would speak of, of those that whoever asks may read. */
async function finding(engine: SyncEngine, store: HostStore, { subject, acl }: Making): Promise<Found> {
  const readable: { type: string; filter: Filter }[] = []
  try {
    for (const { type } of typesIn(engine).filter(isKept))
      readable.push({ type: type.key, filter: await filterFor(engine, store, subject, type.key) })
    return await findRecords(engine, store, acl, readable)
  } finally {
    for (const { filter } of readable) filter.free()
  }
}

async function explainLists(id: string, options: Options, command: Command): Promise<void> {
  await withLists(command, async ({ engine, store, output }) => {
    const subject = askerOf(options)
    const resource = { type: await typeOfRecord(engine, store, id), id }
    // Who may not read it is told nothing of it.
    if (options.as !== undefined)
      await named(
        resolve(engine, store, { do: 'read', subject, resource }),
        `record \`${id}\` that \`${options.as}\` may read`,
      )
    const { matched, materialised } = await explained(engine, store, subject, resource)
    const field = materialised !== null ? { materialised } : {}
    const lines = matched.map((entry) => `- ${shown(speaking(entry))}`)
    const none = `No access list${options.as === undefined ? '' : ' that is yours to manage'} speaks of ${shown(id)}.`
    output.result({ resource, matched, ...field }, lines.length > 0 ? lines : [none])
  })
}

async function explained(
  engine: SyncEngine,
  store: HostStore,
  subject: Subject,
  resource: { type: string; id: string },
): Promise<ExplainedLists> {
  const { value } = await settle(engine, store, (facts) => {
    const value = engine.explainLists({ subject, resource }, facts)
    return { value, missing: value.missing }
  })
  return value
}

/** `law: allows get on record where {...} to user 2 (priority 5)` */
function lineOf(acl: JsonObject): string {
  const { id, effect, operation, priority, priority_group: group, states, name } = acl
  const ranked = [
    ...(typeof priority === 'number' && priority !== 0 ? [`priority ${priority}`] : []),
    ...(group === undefined ? [] : [`group ${String(group)}`]),
    ...(Array.isArray(states) ? [`in ${strings(states).join(', ')}`] : []),
  ]
  const does = `${effect === 'deny' ? 'denies' : 'allows'} ${String(operation)} on ${meant(acl)} to ${whom(acl.actors)}`
  return `${String(id)}: ${does}${ranked.length > 0 ? ` (${ranked.join(', ')})` : ''}${typeof name === 'string' ? `: ${name}` : ''}`
}

function meant({ type, records, schemas, query, property_values: rows }: JsonObject): string {
  if (Array.isArray(records)) return strings(records).join(', ')
  const where = query ?? rows
  const own = type === 'default' || where !== undefined ? '' : ` (${String(type)})`
  return `${strings(schemas).join(', ')}${own}${where === undefined ? '' : ` where ${JSON.stringify(where)}`}`
}

function whom(actors: Json | undefined): string {
  const said = (Array.isArray(actors) ? actors : []).map(object).map((actor) => {
    const { type, users, roles, system_role, role, parameter, path } = actor
    if (type === 'parametrised_role') return `role ${String(role)}[${String(parameter)}=${String(path)}]`
    if (system_role !== undefined) return String(system_role)
    if (path !== undefined) return `${type === 'record_user' ? 'users' : 'roles'} at ${String(path)}`
    const named = [...strings(users).map((user) => `user ${user}`), ...strings(roles).map((own) => `role ${own}`)]
    return named.length > 0 ? named.join(', ') : String(type)
  })
  return said.length > 0 ? said.join(', ') : 'nobody'
}

const COUNTS = { allow: 'counts', deny: 'does not count', unknown: 'may count' } as const

function speaking(entry: ExplainedLists['matched'][number]): string {
  const { id, effect, operation, counts, priority, priority_group: group, users, roles, system_roles } = entry
  const named = [
    ...(users ?? []).map((user) => `user ${user}`),
    ...(roles ?? []).map((role) => `role ${role}`),
    ...system_roles,
  ]
  const to = named.length > 0 ? named.join(', ') : 'nobody'
  const does = `${effect === 'deny' ? 'denies' : 'allows'} ${operation} to ${to}`
  return `${id} ${COUNTS[counts]}: ${does} (priority ${priority}, group ${group})`
}
