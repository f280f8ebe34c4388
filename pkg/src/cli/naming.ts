/** Internal names of roles and needs as the policy document spells them. For showing only. */

import type { SyncEngine } from '../sync/engine.js'
import type { JsonObject } from '../types.js'

type Document = Pick<SyncEngine, 'document'>

/** `community-delete` */
export function needOf({ document }: Document, action: string): string {
  return pattern(document, 'action_need', 'community-{action}').replace('{action}', () => action)
}

/** `Need(method='role', value='community:cesnet:curator')`, as Invenio prints it. */
export function holderOf(engine: Document, community: string, role: string): string {
  const system = systemRole(engine, role)
  if (system !== undefined) return `Need(method='system_role', value='${system}')`
  const name = pattern(engine.document, 'role_name', 'community:{community}:{role}')
    .replace('{community}', () => community)
    .replace('{role}', () => role)
  return `Need(method='role', value='${name}')`
}

/** Actions communities may grant, in the policy's order. */
export function grantable({ document, policy }: Pick<SyncEngine, 'document' | 'policy'>): string[] {
  const { allowed_actions } = document
  return Array.isArray(allowed_actions) ? allowed_actions.map(String) : policy.actions
}

/** The system role a pseudo-role stands for. */
function systemRole({ document }: Document, role: string): string | undefined {
  const identity = isObject(document.identity) ? document.identity : {}
  const { anonymous, author } = identity
  if (role === 'any') return Array.isArray(anonymous) ? String(anonymous[0] ?? role) : role
  if (role === 'author') return typeof author === 'string' ? author : role
  return undefined
}

function pattern(document: JsonObject, key: string, otherwise: string): string {
  const found = document[key]
  return typeof found === 'string' ? found : otherwise
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
