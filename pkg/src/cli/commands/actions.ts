/** `lictor actions list`, `allow` and `deny`: what communities grant to their roles. */

import type { Command } from 'commander'
import { namingKnown } from '../known.js'
import { grantable, holderOf, needOf } from '../naming.js'
import { carryOut, resolve } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import type { Output } from '../output.js'
import { askerOf, withEngine, withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

export function addActions(program: Command): void {
  const group = withCommonOptions(program.command('actions').description('what communities grant to their roles'))

  const list = group.command('list').description('list actions, and with -c who may do them in a community')
  list.option('-c, --community <id>', 'show the roles and grants of this community', filled)
  list.option('--as <user>', 'as this user sees them', filled)
  withCommonOptions(list).action(listActions)
  examples(list, ['lictor actions list', 'lictor actions list -c cesnet'])

  for (const verb of ['allow', 'deny'] as const) {
    const about = verb === 'allow' ? 'allow actions to a role of a community' : 'no longer allow actions to a role'
    const change = group.command(verb).description(about)
    change.argument('<community>', 'its id', filled).argument('<role>', 'a role of the policy, or `any`, or `author`')
    change
      .argument('<actions...>', 'actions of the policy')
      .option('--as <user>', 'decide whether this user may', filled)
    withCommonOptions(change).action((community: string, role: string, actions: string[], options: { as?: string }) =>
      changeGrants(verb, { community, role, actions }, options, change),
    )
    examples(change, [
      `lictor actions ${verb} cesnet curator delete approve revert-approve`,
      `lictor actions ${verb} cesnet any read`,
    ])
  }
}

interface GrantChange {
  community: string
  role: string
  actions: string[]
}

async function changeGrants(
  verb: 'allow' | 'deny',
  change: GrantChange,
  options: { as?: string },
  command: Command,
): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const { community, role } = change
    const subject = askerOf(options)
    const { value, facts } = await carryOut(engine, store, { do: verb, subject, ...change }).catch((error) =>
      namingKnown(error, community, { engine, store, subject }),
    )
    const before = grantsTo(role, facts.communities?.[community])
    const [written] = value.changes
    const after = written?.op === 'put' ? grantsTo(role, written.value) : before
    const moved = [...new Set(change.actions)].filter((action) => before.includes(action) !== after.includes(action))
    const there = change.actions.filter((action, i) => !moved.includes(action) || change.actions.indexOf(action) < i)
    const row = (action: string): string =>
      shown(`role action: ${needOf(engine, action)} ${holderOf(engine, community, role)}`)
    const [did, already] = verb === 'allow' ? ['Added', 'Already allowed'] : ['Removed', 'Not allowed anyway']
    output.done({ community, role, [verb === 'allow' ? 'added' : 'removed']: moved, unchanged: [...new Set(there)] }, [
      ...moved.map((action) => output.paint(`${did} ${row(action)}`, 'green')),
      ...there.map((action) => `${already}: ${row(action)}`),
    ])
  })
}

async function listActions(options: { community?: string; as?: string }, command: Command): Promise<void> {
  const { community } = options
  if (community === undefined) {
    return withEngine(command, ({ engine, output }) => {
      const actions = grantable(engine)
      output.result({ actions }, availableActions(actions, output))
    })
  }
  await withStore(command, async ({ engine, store, output }) => {
    const subject = askerOf(options)
    const call = { do: 'read_community', subject, id: community } as const
    const { value } = await resolve(engine, store, call).catch((error) =>
      namingKnown(error, community, { engine, store, subject }),
    )
    const holders = value.community?.actions
    const actions = grantable(engine)
    const roles = ['author', 'any', ...engine.policy.roles]
    const split = { roles: [] as [string, string[]][], system: [] as [string, string[]][] }
    for (const action of holders ? actions : []) {
      const names = holders?.[needOf(engine, action)] ?? []
      const ofRoles = engine.policy.roles.filter((role) => names.includes(role))
      const ofSystem = names.filter((name) => !ofRoles.includes(name))
      if (ofRoles.length > 0) split.roles.push([action, ofRoles])
      if (ofSystem.length > 0) split.system.push([action, ofSystem])
    }
    const rows = (title: string, granted: [string, string[]][]): string[] => [
      '',
      output.paint(title, 'green'),
      ...(holders
        ? granted.map(([action, who]) => `- ${shown(action)}: ${who.map(shown).join(', ')}`)
        : ['(not shown to this user)']),
    ]
    output.result(
      {
        community,
        actions,
        roles,
        ...(holders && {
          role_actions: Object.fromEntries(split.roles),
          system_role_actions: Object.fromEntries(split.system),
        }),
      },
      [
        ...availableActions(actions, output),
        '',
        output.paint('Available community roles:', 'green'),
        ...roles.map((role) => `- ${shown(role)}`),
        ...rows('Allowed community role actions:', split.roles),
        ...rows('Allowed system role actions:', split.system),
      ],
    )
  })
}

function availableActions(actions: string[], output: Output): string[] {
  return [output.paint('Available actions:', 'green'), ...actions.map((action) => `- ${shown(action)}`)]
}

function grantsTo(role: string, community: unknown): string[] {
  const { grants } = (community ?? {}) as { grants?: { [role: string]: string[] } }
  return grants && Object.hasOwn(grants, role) ? (grants[role] ?? []) : []
}
