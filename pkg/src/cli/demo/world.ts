/** The small repository of `lictor demo`. Its history is played through the engine, as users would make it. */

import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Call, FactsInput, JsonObject, Subject } from '../../types.js'
import { carryOut } from '../operate.js'

export interface DemoUser {
  id: number
  name: string
  about: string
}

export const USERS: DemoUser[] = [
  { id: 1, name: 'ann', about: 'owns records, member of astro' },
  { id: 2, name: 'ben', about: 'curator of astro' },
  { id: 3, name: 'eva', about: 'publisher of astro, member of ocean' },
  { id: 4, name: 'max', about: 'curator and publisher of ocean' },
  { id: 5, name: 'zoe', about: 'administrator' },
]

const ROLES: [community: string, user: number, role: string[]][] = [
  ['astro', 1, ['member']],
  ['astro', 2, ['curator']],
  ['astro', 3, ['publisher']],
  ['ocean', 3, ['member']],
  ['ocean', 4, ['curator', 'publisher', 'member']],
]

/** What the store starts with; everything else happens in `play`. */
export const start: FactsInput = {
  users: Object.fromEntries(USERS.map(({ id, name }) => [id, { name, roles: [] }])),
  memberships: ROLES.map(([community, user, role]) => ({ community, user, role })),
  access: [{ action: 'superuser-access', user: 5 }],
}

/** Records, who made each, and how far it has come. */
const RECORDS: { id: string; community: string; by: number; title: string; steps: [string, number][] }[] = [
  { id: 'comet', community: 'astro', by: 1, title: 'Notes on a comet', steps: [] },
  { id: 'flare', community: 'astro', by: 1, title: 'Flares of a red dwarf', steps: [['request-approval', 1]] },
  {
    id: 'pulsar',
    community: 'astro',
    by: 1,
    title: 'Timing of a pulsar',
    steps: [
      ['request-approval', 1],
      ['approve', 2],
    ],
  },
  {
    id: 'survey',
    community: 'astro',
    by: 1,
    title: 'A survey of the northern sky',
    steps: [
      ['request-approval', 1],
      ['approve', 2],
      ['publish', 3],
    ],
  },
  { id: 'reef', community: 'ocean', by: 3, title: 'Temperatures of a reef', steps: [['request-approval', 3]] },
  {
    id: 'tide',
    community: 'ocean',
    by: 4,
    title: 'A century of tides',
    steps: [
      ['request-approval', 4],
      ['approve', 4],
      ['publish', 4],
    ],
  },
]

export async function play(engine: SyncEngine, store: HostStore): Promise<void> {
  const system: Subject = { type: 'system' }
  const run = (call: Call): Promise<unknown> => carryOut(engine, store, call)
  const about = (description: string): JsonObject => ({ description })
  const via = 'command-line'
  await run({
    do: 'create_community',
    subject: system,
    id: 'astro',
    title: 'Astronomy',
    metadata: about('Stars and their kin'),
    via,
  })
  await run({
    do: 'create_community',
    subject: system,
    id: 'ocean',
    title: 'Oceanography',
    type: 'rgroup',
    metadata: about('Seas'),
    via,
  })
  for (const { id, community, by, title, steps } of RECORDS) {
    await run({ do: 'create', subject: { type: 'user', id: by }, id, community, record: { title } })
    for (const [transition, user] of steps) {
      await run({ do: 'transition', subject: { type: 'user', id: user }, resource: { type: 'record', id }, transition })
    }
  }
}
