/** What `explain` and `who` ask about: a record, or one that is to be in a community. */

import type { FactsInput, Key, Resource } from '../types.js'
import { EXIT, Failure, usage } from './failure.js'

export interface QuestionOptions {
  community?: string
}

export function resourceOf(record: string | undefined, { community }: QuestionOptions): Resource {
  if (record === undefined && community === undefined) {
    throw usage('give the id of a record, or `--community` for what does not exist yet')
  }
  return {
    type: 'record',
    ...(record !== undefined && { id: record }),
    ...(community !== undefined && { community }),
  }
}

/** What is known to be needed; it also tells whether the resource exists. */
export function keysOf({ id, community }: Resource): Key[] {
  return [
    ...(id === undefined ? [] : [{ relation: 'record', id } as const]),
    ...(community === undefined ? [] : [{ relation: 'community', id: community } as const]),
  ]
}

/** To the operator nothing is concealed: a name that was misspelt must not look like a denial. */
export function mustExist({ id, community }: Resource, facts: FactsInput): void {
  for (const [what, key, found] of [
    ['record', id, facts.records],
    ['community', community, facts.communities],
  ] as const) {
    if (key !== undefined && !Object.hasOwn(found ?? {}, key)) {
      throw new Failure(EXIT.refused, `unknown_${what}`, `there is no ${what} \`${key}\``, { path: what })
    }
  }
}

export function nameOf({ id, community }: Resource): string {
  return id ?? `in ${community}`
}
