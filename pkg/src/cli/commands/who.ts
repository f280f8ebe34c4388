/** `lictor who`: everybody who may. */

import type { Command } from 'commander'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { FactsInput, Json, Key, Resource, Who } from '../../types.js'
import { keyOf } from '../../store/entities.js'
import { settle } from '../operate.js'
import { filled, withCommonOptions } from '../options.js'
import { type QuestionOptions, keysOf, mustExist, nameOf, resourceOf } from '../question.js'
import { withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

/** Users looked through at once. */
const PAGE = 1000

export function addWho(program: Command): void {
  const who = program.command('who').description('list everybody who may do something')
  who.argument('<action>', 'an action of the policy').argument('[record]', 'the id of a record', filled)
  who.option('-c, --community <id>', 'for `create`: the community it is asked in', filled)
  withCommonOptions(who).action(answer)
  examples(who, ['lictor who approve r1', 'lictor who create -c cesnet --json'])
}

async function answer(
  action: string,
  record: string | undefined,
  options: QuestionOptions,
  command: Command,
): Promise<void> {
  const resource = resourceOf(record, options)
  await withStore(command, async ({ engine, store, output }) => {
    const value = await everybody(engine, store, action, resource)
    const lines = linesOf(value)
    const what = `${shown(action)} ${shown(nameOf(resource))}`
    const title = lines.length === 0 ? `Nobody may ${what}.` : `Who may ${what}:`
    output.result({ action, resource, ...value }, [title, ...lines])
  })
}

/** A class, or people one by one. */
function linesOf({ anyone, authenticated, users }: Who): string[] {
  if (anyone === 'allow') return ['- everybody, unless an access row denies it']
  if (authenticated === 'allow') return ['- everybody who is signed in, unless an access row denies it']
  return users.map(({ id, decision, reasons }) => {
    const perhaps = decision === 'unknown' ? ', perhaps' : ''
    return `- ${shown(id)}${perhaps} (${reasons.map(({ code }) => code).join(', ')})`
  })
}

/**
 * The engine decides about everybody the facts know of, so all who could matter are looked up: members of the record's
 * communities, users named in access rows, and users with global roles.
 */
async function everybody(engine: SyncEngine, store: HostStore, action: string, resource: Resource): Promise<Who> {
  const start: Key[] = [...keysOf(resource), { relation: 'access', where: {} }, ...(await withGlobalRoles(store))]
  const ask = settle(
    store,
    (facts) => {
      const value = engine.who({ action, resource }, facts)
      return { value, missing: [...value.missing, ...membersOf(engine, resource, facts)] }
    },
    start,
  )
  const { value, facts } = await ask
  mustExist(resource, facts)
  return value
}

async function withGlobalRoles(store: HostStore): Promise<Key[]> {
  const found: Key[] = []
  let after: string | undefined
  for (;;) {
    const page = await store.scan('user', { limit: PAGE, ...(after !== undefined && { after }) })
    for (const { key, value } of page) {
      const user = keyOf(key)
      if (user.relation === 'user' && hasRoles(value)) found.push(user)
    }
    after = page.at(-1)?.key
    if (page.length < PAGE) return found
  }
}

function hasRoles(user: Json): boolean {
  if (typeof user !== 'object' || user === null || Array.isArray(user)) return false
  return Array.isArray(user.roles) && user.roles.length > 0
}

function membersOf(engine: SyncEngine, resource: Resource, facts: FactsInput): Key[] {
  const record = resource.id === undefined ? undefined : facts.records?.[resource.id]
  const { primary, secondary } = record ? engine.columns(record) : { primary: null, secondary: [] }
  const communities = [resource.community, primary, ...secondary].filter((id) => typeof id === 'string')
  return communities.map((community) => ({ relation: 'membership', where: { community } }))
}
