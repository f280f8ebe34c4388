/** `lictor who`: everybody who may. */

import type { Command } from 'commander'
import { communitiesNamed, typeIn } from '../../policy-words.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { FactsInput, Json, Key, Resource, Who } from '../../types.js'
import { keyOf } from '../../store/entities.js'
import { settle } from '../operate.js'
import { withCommonOptions } from '../options.js'
import { withResource } from '../question.js'
import { type Asked, type QuestionOptions, mustExist, resourceOf } from '../resource.js'
import { withStore } from '../session.js'
import { shown } from '../text.js'
import { examples } from './help.js'

/** Users looked through at once. */
const PAGE = 1000

export function addWho(program: Command): void {
  const who = program.command('who').description('list everybody who may do something')
  withResource(who.argument('<action>', 'an action of the policy'))
  withCommonOptions(who).action(answer)
  examples(who, [
    'lictor who approve r1',
    'lictor who create -c cesnet --json',
    'lictor who delete community:cesnet',
    'lictor who accept invitation:i1',
  ])
}

async function answer(
  action: string,
  word: string | undefined,
  options: QuestionOptions,
  command: Command,
): Promise<void> {
  await withStore(command, async ({ engine, store, output }) => {
    const about = await resourceOf(engine, store, word, options)
    const { resource, name } = about
    const value = await everybody(engine, store, action, about)
    const lines = linesOf(value)
    const what = `${shown(action)} ${shown(name)}`
    const title = lines.length === 0 ? `Nobody may ${what}.` : `Who may ${what}:`
    output.result({ action, resource, ...value }, [title, ...lines])
  })
}

/** A class, or people one by one. */
function linesOf({ anyone, authenticated, users }: Who): string[] {
  if (anyone === 'allow' && authenticated === 'allow') return ['- everybody, unless an access row denies it']
  if (authenticated === 'allow') return ['- everybody who is signed in, unless an access row denies it']
  // An access list may speak of these alone.
  const others = anyone === 'allow' ? ['- everybody who is not signed in'] : []
  const named = users.map(({ id, decision, reasons }) => {
    const perhaps = decision === 'unknown' ? ', perhaps' : ''
    return `- ${shown(id)}${perhaps} (${reasons.map(({ code }) => code).join(', ')})`
  })
  return [...others, ...named]
}

/**
 * The engine decides about everybody the facts know of, so all who could matter are looked up: members of the record's
 * communities, users named in access rows, and users with global roles.
 */
async function everybody(engine: SyncEngine, store: HostStore, action: string, about: Asked): Promise<Who> {
  const { resource } = about
  const start: Key[] = [...about.keys, { relation: 'access', where: {} }, ...(await withGlobalRoles(store))]
  const ask = settle(
    engine,
    store,
    (facts) => {
      const value = engine.who({ action, resource }, facts)
      return { value, missing: [...value.missing, ...membersOf(engine, resource, facts)] }
    },
    start,
  )
  const { value, facts } = await ask
  mustExist(engine, about, facts)
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
  const { id, properties, community } = resource
  const itself = resource.type === 'community' ? id : community
  const record = properties ?? (id === undefined ? undefined : facts.records?.[id])
  const { primary, secondary } = record ? engine.columns(record) : { primary: null, secondary: [] }
  const of = record && typeIn(engine, engine.columns(record).type)
  const others = of ? communitiesNamed(engine, of, record) : []
  const communities = [itself, primary, ...secondary, ...others].filter((id) => typeof id === 'string')
  return communities.map((community) => ({ relation: 'membership', where: { community } }))
}
