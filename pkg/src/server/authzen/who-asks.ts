/** Who may ask about whom, and what of a question is believed. */

import { isKept, once, typesIn } from '../../policy-words.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { JsonObject, Resource, Subject } from '../../types.js'
import { Problem } from '../problem.js'

/**
 * `self`: each about themselves. `any`: whoever is let in by `authenticate` is a trusted enforcement point. A function
 * says so of each caller. The host's own process may always ask.
 */
export type MayAsk = 'self' | 'any' | ((caller: Subject) => boolean)

/** What AuthZEN calls an entity. */
export interface Entity {
  type: string
  id: string
  properties?: JsonObject
}

/** Somebody asking: for whom they may ask, what they are believed, and of what. */
export interface Asker {
  caller: Subject
  trusted: boolean
  /** Types of which nothing is stored: what is asked about is what its properties say. */
  unkept: readonly string[]
}

export function asker(caller: Subject, may: MayAsk, engine: SyncEngine): Asker {
  const trusted = caller.type === 'system' || may === 'any' || (typeof may === 'function' && may(caller))
  return { caller, trusted, unkept: unkeptTypes(engine) }
}

const unkeptTypes = once((engine: SyncEngine) =>
  typesIn(engine)
    .filter((of) => !isKept(of))
    .map(({ type }) => type.key),
)

/** The subject of a question. Roles are the host's to vouch for, so the caller's own come from `authenticate`. */
export function subjectOf({ caller, trusted }: Asker, { type, id, properties = {} }: Entity): Subject {
  if (trusted) {
    if (type === 'system') return { type: 'system' }
    const given = Object.assign(
      {},
      ...['roles', 'system_roles', 'links'].map((name) => texts(properties, name)),
    ) as Named
    const vouched = Object.keys(given).length > 0 ? { properties: given } : {}
    return type === 'user' ? { type: 'user', id, ...vouched } : { type: 'anonymous', ...vouched }
  }
  const same = caller.type === type && (caller.type !== 'user' || String(caller.id) === id)
  if (same) return caller
  throw new Problem(403, 'denied', 'you may ask about yourself only; the host says who may ask about others', {
    path: 'body.subject',
  })
}

/** The resource of a question. A document in place of the stored one would let anybody probe what they cannot see. */
export function resourceOf(
  { trusted, unkept }: Asker,
  { type, id, properties = {} }: Entity,
  action?: string,
): Resource {
  const resource: Resource = { type, id }
  if (type === 'community') return resource
  // A membership, there or to be, or the site as a whole: the rules look at nothing that is stored of it.
  if (unkept.includes(type)) return { type, properties }
  const { community, document } = properties
  // Records are made in communities; asked of a record that is there, the answer would tell that it is.
  if (action === 'create') {
    if (typeof community === 'string') return { type: 'community', id: community }
    const path = 'body.resource'
    throw new Problem(400, 'malformed', `${path}: ask \`create\` of a community, or name one in its properties`, {
      path,
    })
  }
  if (typeof community === 'string') resource.community = community
  if (trusted && typeof document === 'object' && document !== null && !Array.isArray(document))
    resource.properties = document
  return resource
}

type Named = { [name: string]: string[] }

function texts(properties: JsonObject, name: string): Named {
  const value = properties[name]
  if (value === undefined) return {}
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    const path = `body.subject.properties.${name}`
    throw new Problem(400, 'malformed', `${path}: must be a list of names`, { path })
  }
  return { [name]: value }
}
