/** What a policy's document says of access lists: the words one may be made of, and where lists are. */

import { isKept, object, once, strings, typesIn, typeIn } from '../policy-words.js'
import type { SyncEngine } from '../sync/engine.js'

export interface AclWords {
  /** Schemas of records, to choose from. */
  schemas: string[]
  /** Those of the policy itself: lists name no others. */
  states: string[]
  /** Types of fields that are declared; all others hold keywords. */
  fields: { [path: string]: string }
  types: string[]
  actors: string[]
}

/** What every policy with lists knows. */
const TYPES = ['id', 'default', 'query', 'property_value']
const ACTORS = ['user', 'role', 'system_role', 'record_user', 'record_role', 'parametrised_role']

/** Where lists are, if the policy does not say. */
const PATHS = { list: '/acls/', item: '/acls/{id}' }

/** None where the policy knows no access lists. */
export const aclWords = once((engine: Pick<SyncEngine, 'policy' | 'document'>): AclWords | undefined => {
  const { acls } = engine.document
  if (acls === undefined) return undefined
  const { schemas, fields, types, actors } = object(acls)
  const kept = typesIn(engine).filter(isKept)
  return {
    schemas: Array.isArray(schemas) ? strings(schemas) : kept.map(({ type }) => type.key),
    states: [...engine.policy.states],
    fields: Object.fromEntries(Object.entries(object(fields)).map(([path, type]) => [path, String(type)])),
    types: [...TYPES, ...strings(types)],
    actors: [...ACTORS, ...strings(actors)],
  }
})

/** Whether there may be lists that speak of records of a type: those that find records by their types name some. */
export function listsSpeakOf(engine: Pick<SyncEngine, 'policy' | 'document'>, type: string): boolean {
  const { schemas } = aclWords(engine) ?? {}
  const byType = String(object(engine.document.acls).schema) === '$type'
  return schemas !== undefined && (!byType || schemas.includes(type))
}

export function aclPaths(engine: Pick<SyncEngine, 'policy' | 'document'>): { list: string; item: string } {
  const own = typeIn(engine, 'acl')?.type
  return own ? { list: own.list_path, item: own.item_path } : PATHS
}
