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
  { id: 4, name: 'max', about: 'manager and publisher of ocean' },
  { id: 5, name: 'zoe', about: 'administrator' },
]

const ROLES: [community: string, user: number, role: string[]][] = [
  ['astro', 1, ['member']],
  ['astro', 2, ['curator']],
  ['astro', 3, ['publisher']],
  ['astro', 5, ['admin']],
  ['ocean', 3, ['member']],
  ['ocean', 4, ['manager', 'publisher']],
  ['ocean', 5, ['admin']],
]

/** What the store starts with; everything else happens in `play`. */
export const start: FactsInput = {
  users: Object.fromEntries(USERS.map(({ id, name }) => [id, { name, roles: [] }])),
  memberships: ROLES.map(([community, user, role]) => ({ community, user, role })),
  access: [{ action: 'superuser-access', user: 5 }],
}

interface DemoRecord {
  id: string
  community: string
  /** Its owner. */
  by: number
  title: string
  /** Whether only members of its community read it once it is published. */
  restricted?: boolean
  /** How far it has come. */
  steps: [transition: string, user: number][]
}

const SUBMITTED: [string, number] = ['request-approval', 1]

const RECORDS: DemoRecord[] = [
  { id: 'comet', community: 'astro', by: 1, title: 'Notes on a comet', steps: [] },
  { id: 'flare', community: 'astro', by: 1, title: 'Flares of a red dwarf', steps: [SUBMITTED] },
  { id: 'pulsar', community: 'astro', by: 1, title: 'Timing of a pulsar', steps: [SUBMITTED, ['approve', 2]] },
  {
    id: 'survey',
    community: 'astro',
    by: 1,
    title: 'A survey of the northern sky',
    steps: [SUBMITTED, ['approve', 2], ['publish', 3]],
  },
  { id: 'reef', community: 'ocean', by: 3, title: 'Temperatures of a reef', steps: [['request-approval', 3]] },
  {
    id: 'tide',
    community: 'ocean',
    by: 4,
    title: 'A century of tides',
    restricted: true,
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
  for (const { id, community, by, title, restricted = false, steps } of RECORDS) {
    const access = { record: restricted ? 'restricted' : 'public' }
    await run({ do: 'create', subject: { type: 'user', id: by }, id, community, record: { title, access } })
    for (const [transition, user] of steps) {
      const subject: Subject = { type: 'user', id: user }
      // Who submits a record asks for a review; the request has an id of its own.
      const params: JsonObject = transition === 'request-approval' ? { request: `review-of-${id}` } : {}
      await run({ do: 'transition', subject, resource: { type: 'record', id }, transition, params })
    }
  }
}
