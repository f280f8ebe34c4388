/** `lictor members`: who belongs to a community. Each command changes all it names, or nobody. */

import type { Command } from 'commander'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Call, MemberName, MemberView, Subject } from '../../types.js'
import { EXIT, Failure, told, usage } from '../failure.js'
import { wordsOf } from '../given.js'
import { newId } from '../../ids.js'
import { namingKnown } from '../known.js'
import { type Done, type Settled, carryOut, resolve } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { plain } from '../resource.js'
import { askerOf, subjectOf, withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

interface Options {
  as?: string
  message?: string
  visible?: boolean
  id?: string
}

/** What a command does to everybody it names, and the word for it. */
interface Bulk {
  name: string
  about: string
  role: boolean
  did: string
  example: string
  call(given: Given, options: Options): MemberCall
}

interface Given {
  subject: Subject
  community: string
  role: string | string[]
  members: Named[]
}

/** A call about members of a community. */
type MemberCall = Extract<
  Call,
  {
    community: string
    do: 'invite' | 'add_member' | 'change_role' | 'set_visibility' | 'remove_member' | 'leave' | 'request_membership'
  }
>

interface Named {
  name: string
  member: MemberName
}

const BULK: Bulk[] = [
  {
    name: 'add',
    about: 'make groups members at once, and, for the operator, users',
    role: true,
    did: 'Added',
    example: 'lictor members add cesnet curator group:staff',
    call: ({ subject, community, role, members }, { visible }) => ({
      do: 'add_member',
      subject,
      community,
      role,
      members: members.map(({ member }) => member),
      ...(visible === true && { visible }),
    }),
  },
  {
    name: 'role',
    about: 'give members another role in place of what they have',
    role: true,
    did: 'Changed',
    example: 'lictor members role cesnet member,publisher 4 5 --as 2',
    call: ({ subject, community, role, members }) => ({
      do: 'change_role',
      subject,
      community,
      role,
      members: members.map(({ member }) => member),
    }),
  },
  {
    name: 'show',
    about: 'make memberships public',
    role: false,
    did: 'Made public:',
    example: 'lictor members show cesnet 4 --as 4',
    call: (given) => visibility(given, true),
  },
  {
    name: 'hide',
    about: 'make memberships private',
    role: false,
    did: 'Made private:',
    example: 'lictor members hide cesnet 4 5',
    call: (given) => visibility(given, false),
  },
  {
    name: 'remove',
    about: 'end memberships',
    role: false,
    did: 'Removed',
    example: 'lictor members remove cesnet 4 group:staff',
    call: ({ subject, community, members }) => ({
      do: 'remove_member',
      subject,
      community,
      members: members.map(({ member }) => member),
    }),
  },
]

export function addMembers(program: Command): void {
  const group = program.command('members').alias('member')
  withCommonOptions(group).description('who belongs to a community, and in which role')
  const community = (command: Command): Command => command.argument('<community>', 'its id', filled)

  const list = community(group.command('list').description('list the members of a community'))
  list.option('--as <user>', 'as this user sees them, and what they may do to each', filled)
  withCommonOptions(list).action(listMembers)
  examples(list, ['lictor members list cesnet', 'lictor members list cesnet --as 4 --json'])

  const invite = community(group.command('invite').description('invite users; each accepts or declines'))
  invite.argument('<role>', 'a role of the policy, or several with commas').argument('<users...>', 'ids of users')
  invite.option('--message <text>', 'words to go with it').option('--visible', 'to a public membership (the operator)')
  invite.option('--id <id>', 'the id of the request, where one is invited; made up if left out', filled)
  invite.option('--as <user>', 'decide whether this user may', filled)
  withCommonOptions(invite).action((id: string, role: string, users: string[], options: Options) =>
    inviteUsers(invite, id, role, users, options),
  )
  examples(invite, ['lictor members invite cesnet curator 4 5 --message "Welcome" --as 2'])

  for (const bulk of BULK) {
    const command = community(group.command(bulk.name).description(bulk.about))
    if (bulk.role) command.argument('<role>', 'a role of the policy, or several with commas')
    command.argument('<members...>', 'ids of users; `group:NAME` is everybody with that global role')
    if (bulk.name === 'add') command.option('--visible', 'publicly (the operator)')
    command.option('--as <user>', 'decide whether this user may', filled)
    withCommonOptions(command).action((id: string, ...rest: [...(string | string[])[], Options, Command]) =>
      changeMembers(bulk, command, id, rest.slice(0, -2) as (string | string[])[], rest.at(-2) as Options),
    )
    examples(command, [bulk.example])
  }

  const leave = community(group.command('leave').description('end the own membership'))
  leave.requiredOption('--as <user>', 'who leaves', filled)
  withCommonOptions(leave).action(leaveCommunity)
  examples(leave, ['lictor members leave cesnet --as 4'])

  const ask = community(group.command('request').description('ask to become a member'))
  ask.requiredOption('--as <user>', 'who asks', filled).option('--message <text>', 'words to go with it')
  ask.option('--id <id>', 'the id of the request; made up if left out', filled)
  withCommonOptions(ask).action(askToJoin)
  examples(ask, ['lictor members request cesnet --as 4 --message "I study glaciers"'])
}

async function listMembers(community: string, options: Options, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const call = { do: 'list_members', subject: askerOf(options), community } as const
    const { subject } = call
    demandMembers(engine)
    const { value } = await resolve(engine, store, call).catch((error) =>
      namingKnown(error, community, { engine, store, subject }),
    )
    const members = value.members ?? []
    const lines = members.map((row) => `- ${shown(lineOf(row, options.as !== undefined))}`)
    output.result({ community, members }, lines.length > 0 ? lines : ['Nobody is to be seen here.'])
  })
}

function lineOf({ user, group, roles = [], visible, status, request, permissions }: MemberView, may: boolean): string {
  const who = group === undefined ? user : `group:${group}`
  if (status === undefined) return `${who} (public; more is for members)`
  const role = roles.join(', ')
  const how = { active: role, invited: `invited as ${role}`, applied: `asks to join as ${role}` }[status]
  const seen = status !== 'active' ? ` (request ${request})` : visible === true ? ', public' : ', private'
  const can = may && permissions ? abilities(permissions, visible === true) : []
  return `${who}: ${how}${seen}${can.length > 0 ? `; may be ${can.join(', ')}` : ''}`
}

function abilities(may: NonNullable<MemberView['permissions']>, visible: boolean): string[] {
  return [
    ...(may.can_leave ? ['left'] : []),
    ...(may.can_remove ? ['removed'] : []),
    ...(may.can_change_role ? [`made ${may.roles.join(' or ')}`] : []),
    ...(may.can_change_visibility ? [visible ? 'hidden' : 'shown'] : []),
  ]
}

async function inviteUsers(
  command: Command,
  community: string,
  role: string,
  users: string[],
  { id, message, visible, ...options }: Options,
): Promise<void> {
  if (id !== undefined && users.length > 1) throw usage('`--id` is for one user; each invitation has its own request')
  const members = users.map((user) => ({ ...named(user), request: id ?? newId() }))
  const call: MemberCall = {
    do: 'invite',
    subject: askerOf(options),
    community,
    role: wordsOf(role),
    members: members.map(({ member, request }) => ({ ...member, request })),
    ...(message !== undefined && { message }),
    ...(visible === true && { visible }),
  }
  await withStore(command, async ({ engine, store, output }) => {
    await change({ engine, store }, call, members)
    const invited = members.map(({ member, request }) => ({ ...member, request }))
    output.done({ community, role: wordsOf(role), invited }, [
      ...members.map(({ name, request }) => shown(`Invited ${name} to ${community} as ${role} (request ${request})`)),
    ])
  })
}

async function changeMembers(
  bulk: Bulk,
  command: Command,
  community: string,
  words: (string | string[])[],
  options: Options,
): Promise<void> {
  const members = [words.at(-1) ?? []].flat().map(named)
  const role = bulk.role ? wordsOf(String(words[0])) : []
  const call = bulk.call({ subject: askerOf(options), community, role, members }, options)
  await withStore(command, async ({ engine, store, output }) => {
    const { value } = await change({ engine, store }, call, members)
    const touched = new Set(value.changes.map(({ key }) => holderIn(key)))
    const [changed, unchanged] = [
      members.filter(({ name }) => touched.has(name)),
      members.filter(({ name }) => !touched.has(name)),
    ]
    const to = bulk.role ? ` (${[role].flat().join(', ')})` : ''
    output.done(
      {
        community,
        ...(bulk.role && { role }),
        changed: changed.map(({ member }) => member),
        unchanged: unchanged.map(({ member }) => member),
      },
      [
        ...changed.map(({ name }) => shown(`${bulk.did} ${name}${to}`)),
        ...unchanged.map(({ name }) => shown(`Nothing to change for ${name}${to}`)),
      ],
    )
  })
}

/** Who holds the membership at a key, as it is named here. */
function holderIn(key: { relation: string; user?: string; group?: string }): string | undefined {
  return key.group === undefined ? key.user : `group:${key.group}`
}

async function leaveCommunity(community: string, options: { as: string }, command: Command): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    await change({ engine, store }, { do: 'leave', subject: subjectOf(options.as), community })
    output.done({ community, left: options.as }, [shown(`${options.as} left ${community}`)])
  })
}

async function askToJoin(
  community: string,
  { as, message, id }: { as: string; message?: string; id?: string },
  command: Command,
): Promise<void> {
  const request = id ?? newId()
  const said = message === undefined ? {} : { message }
  await withStore(command, async ({ engine, store, output }) => {
    const subject = subjectOf(as)
    await change({ engine, store }, { do: 'request_membership', subject, community, request, ...said })
    output.done({ community, user: as, request }, [shown(`${as} asks to join ${community} (request ${request})`)])
  })
}

function visibility({ subject, community, members }: Given, visible: boolean): MemberCall {
  return { do: 'set_visibility', subject, community, visible, members: members.map(({ member }) => member) }
}

function named(text: string): Named {
  if (text === '') throw usage('a member is a user or `group:NAME`, not an empty word')
  if (text.startsWith('group:')) return { name: text, member: { group: text.slice('group:'.length) } }
  return { name: plain(text), member: { user: plain(text) } }
}

interface Doing {
  engine: SyncEngine
  store: HostStore
}

/** A policy without members has no words for what is asked. */
function demandMembers({ document, policy }: SyncEngine): void {
  if (document.membership !== undefined) return
  const message = `the policy \`${policy.name}\` says nothing of how people become members; \`--policy\` names another`
  throw new Failure(EXIT.refused, 'unknown_action', message)
}

/** Carries it out. A refusal that names a place in the list names the member instead. */
function change({ engine, store }: Doing, call: MemberCall, members: Named[] = []): Promise<Settled<Done>> {
  const { subject, community } = call
  demandMembers(engine)
  return told(carryOut(engine, store, call), ({ path = '', message }) => {
    const member = members[Number(/^call\.members\[(\d+)\]/.exec(path)?.[1])]
    return member && `${member.name}: ${message}${members.length > 1 ? '; nobody was changed' : ''}`
  }).catch((error) => namingKnown(error, community, { engine, store, subject }))
}
