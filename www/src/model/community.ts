/**
 * Communities as this device sees them: settings, and members as far as they are shown. What becomes of them the server alone
 * decides, because who else is in a community a device is seldom told.
 */
import { computed, signal } from '@preact/signals'
import type { JsonObject, MemberView } from 'lictor'
import { status, subjectId } from './account.js'
import { theEngine } from './engine.js'
import { ask, change } from './rest.js'
import { heldFacts, view } from './state.js'

export interface Setting {
  key: string
  at: string
  label: string
  description: string
  default: string
  values: { value: string; label: string; icon: string; description: string; effect: string }[]
}

export interface Template {
  key: string
  label: string
  reason: string
  settings: { [at: string]: string }
}

interface CommunityWords {
  settings: Setting[]
  templates: Template[]
}

/** The settings there are, with their words: part of the policy. */
export const words = (): CommunityWords => theEngine().document['community'] as unknown as CommunityWords

export function settingOf(community: JsonObject, { at, default: usual }: Setting): string {
  const found = at.split('.').reduce<unknown>((value, key) => (value as JsonObject | undefined)?.[key], community)
  return typeof found === 'string' ? found : usual
}

/** A member as this device was told of it. */
export type Member = Pick<MemberView, 'user' | 'group' | 'visible'> & {
  roles?: string[]
  status?: MemberView['status']
}

const PENDING: { [role: string]: MemberView['status'] } = { invitee: 'invited', applicant: 'applied' }

/** The members of each community in the view: those of the others are not shown, nor that there are any. */
export const members = computed(() => {
  const found = new Map<string, Member[]>()
  for (const { k, v } of view.value.entries) {
    if (k.relation !== 'membership') continue
    const held = [v['role'] ?? []].flat().map(String)
    const pending = held.map((role) => PENDING[role]).find((status) => status !== undefined)
    const roles = pending ? [v['as'] ?? []].flat().map(String) : held
    const who = k.group === undefined ? { user: k.user } : { group: k.group }
    const member = { ...who, roles, visible: v['visible'] === true, status: pending ?? 'active' } as Member
    found.set(k.community, [...(found.get(k.community) ?? []), member])
  }
  return found
})

/** Whether the view proves that there are no more members than it holds. */
export const knowsAllMembers = (community: string): boolean =>
  view.value.closed.some(
    ({ relation, where }) => relation === 'membership' && where?.community === community && where.user === undefined,
  )

/** The subject's own roles in a community, by itself or through a group. */
export function ownRoles(community: string): string[] {
  const groups = heldFacts.value.users?.[subjectId.value]?.roles ?? []
  const mine = ({ user, group, status }: Member): boolean =>
    status === 'active' && (user === subjectId.value || (group !== undefined && groups.includes(group)))
  return [...new Set((members.value.get(community) ?? []).filter(mine).flatMap(({ roles = [] }) => roles))]
}

/** What may be done to each member, as the server said last; nothing is offered that was not asked. */
export const permissions = signal<{ community: string; of: Permitted[] } | null>(null)

export type Permitted = Pick<MemberView, 'permissions'> & { member: Named }

// A type and not an interface: only then does TypeScript accept it where JSON is asked for.
export type Named = {
  type: 'user' | 'group'
  id: string
}

/** As many as a page may hold. */
const PAGE = 1000

export async function askPermissions(community: string): Promise<void> {
  const answer = await ask('GET', `${at(community)}/members?size=${PAGE}`)
  const { hits } = (await answer.json()) as { hits: { hits: Permitted[] } }
  permissions.value = { community, of: hits.hits }
}

export const invite = (community: string, asked: { user: string; role: string; message: string }): Promise<void> => {
  const { user, role, message } = asked
  const members = [{ type: 'user', id: user }]
  return change('POST', `${at(community)}/invitations`, { members, role, ...(message && { message }) })
}

export const changeMember = (
  community: string,
  who: Named,
  to: { role: string } | { visible: boolean },
): Promise<void> => change('PUT', `${at(community)}/members`, { members: [who], ...to })

export const removeMember = (community: string, who: Named): Promise<void> =>
  change('DELETE', `${at(community)}/members`, { members: [who] })

export const leave = (community: string): Promise<void> => change('POST', `${at(community)}/leave`)

export const askToJoin = (community: string): Promise<void> =>
  change('POST', `${at(community)}/membership-requests`, {})

/** Settings by their addresses, each one level below the top. */
export function changeSettings(community: string, set: { [at: string]: string }): Promise<void> {
  const patch: { [key: string]: JsonObject } = {}
  for (const [path, value] of Object.entries(set)) {
    const [group = '', key = ''] = path.split('.')
    patch[group] = { ...patch[group], [key]: value }
  }
  return change('PATCH', at(community), patch)
}

const at = (community: string): string => `communities/${encodeURIComponent(community)}`

/** Moves whenever a list of members may be another. */
export const moved = computed(() => status.value?.token)
