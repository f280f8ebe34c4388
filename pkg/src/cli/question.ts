/** One question, answered at facts that suffice: what `explain` and `can` say. */

import type { Command } from 'commander'
import type { HostStore } from '../store/host.js'
import type { SyncEngine } from '../sync/engine.js'
import type { Answer, Explanation, Subject } from '../types.js'
import { collected } from './given.js'
import { settle } from './operate.js'
import { filled } from './options.js'
import { type Asked, mustExist } from './resource.js'

export const WORDS: { [answer in Answer]: string } = { allow: 'yes', deny: 'no', unknown: 'unknown' }
export const COLOURS = { allow: 'green', deny: 'red', unknown: 'yellow' } as const

/** What a question may be about, for commands that ask one. */
export function withResource(command: Command): Command {
  const about = 'id of a record, or TYPE:ID (`community:cesnet`, `member:cesnet/4`, `invitation:i1`)'
  return command
    .argument('[resource]', about, filled)
    .option('-c, --community <id>', 'for `create`: the community it is asked in', filled)
    .option('--no-community', 'for `create`: in no community')
    .option('--with <key=value>', 'what a thing that is not there yet says (repeatable)', collected)
}

export async function explanationOf(
  engine: SyncEngine,
  store: HostStore,
  subject: Subject,
  action: string,
  about: Asked,
): Promise<Explanation> {
  const { resource } = about
  const question = { subject, action, resource }
  const { value, facts } = await settle(
    engine,
    store,
    (facts) => {
      // The operator has the store in hand.
      const value = engine.explain({ ...question, told: { type: 'system' } }, facts)
      const { conceal, missing } = engine.check(question, facts)
      // On fewer facts the engine conceals to be safe.
      const sight =
        conceal && resource.id !== undefined ? engine.check({ ...question, action: 'read' }, facts).missing : []
      return { value: { ...value, conceal }, missing: [...value.missing, ...missing, ...sight] }
    },
    // What would change the answer is tried on these facts too: a row nobody has looked up must not look like one that denies.
    [...about.keys, { relation: 'access', where: {} }],
  )
  mustExist(engine, about, facts)
  return value
}
