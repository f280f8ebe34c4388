/**
 * What this device holds: the view the server gave it. The page can put a class of facts aside, to show what an engine
 * answers that does not know: `unknown`, never a guess.
 */
import type { AccessRow, Certificate, EntityKey, FactsInput, JsonObject, MembershipFact } from 'lictor'
import type { ClosedRelation, Entry } from 'lictor/client'

export const FACT_CLASSES = ['others', 'mine', 'access', 'grants', 'roles'] as const
export type FactClass = (typeof FACT_CLASSES)[number]

export interface View {
  entries: Entry[]
  /** Of what it is proved that there is no more. */
  closed: ClosedRelation[]
}

/** The class a fact belongs to, if it can be put aside as a whole. */
function classOf(key: EntityKey, me: string): FactClass | null {
  if (key.relation === 'membership') return key.group !== undefined || String(key.user) === me ? 'mine' : 'others'
  if (key.relation === 'access') return 'access'
  return key.relation === 'user' ? 'roles' : null
}

/** The view without what was put aside, and without the proofs that would turn "not held" into "there is none". */
export function without(view: View, me: string, aside: ReadonlySet<FactClass>): View {
  if (aside.size === 0) return view
  const entries = view.entries.filter(({ k }) => !aside.has(classOf(k, me) ?? ('' as FactClass)))
  const closed = view.closed.filter(({ relation, where }) => {
    // Who is in a community is a proof about oneself too.
    const aboutMe = where?.user === undefined || String(where.user) === me
    const aboutOthers = where?.user === undefined || String(where.user) !== me
    if (relation === 'membership') return !(aboutMe && aside.has('mine')) && !(aboutOthers && aside.has('others'))
    if (relation === 'access') return !aside.has('access')
    return relation !== 'user' || !aside.has('roles')
  })
  return { entries: aside.has('grants') ? entries.map(withoutGrants) : entries, closed }
}

function withoutGrants(entry: Entry): Entry {
  if (entry.k.relation !== 'community' || !('grants' in entry.v)) return entry
  const { grants: _, ...v } = entry.v
  return { ...entry, v, missing: [...(entry.missing ?? []), ['grants']] }
}

/** How many facts of each class there are, for the switches. */
export function counts({ entries }: View, me: string): { [name in FactClass]: number } {
  const found = { others: 0, mine: 0, access: 0, grants: 0, roles: 0 }
  for (const { k, v } of entries) {
    const kind = classOf(k, me)
    if (kind) found[kind] += 1
    if (k.relation === 'community') found.grants += Object.values((v['grants'] as JsonObject) ?? {}).flat().length
  }
  return found
}

/** The view but its records, as facts for the engine's other questions: who may, and by which branch of the rule. */
export function factsOf({ entries, closed }: View): FactsInput {
  const facts: Required<Pick<FactsInput, 'users' | 'communities'>> = { users: {}, communities: {} }
  const memberships: MembershipFact[] = []
  const access: AccessRow[] = []
  for (const { k, v } of entries) {
    if (k.relation === 'user') facts.users[k.id] = v
    else if (k.relation === 'community') facts.communities[k.id] = v
    // Of a member whose role is not shown nothing follows but that there may be one.
    else if (k.relation === 'membership' && 'role' in v)
      memberships.push({ ...v, community: k.community, ...holder(k) } as MembershipFact)
    else if (k.relation === 'access') access.push(v as AccessRow)
  }
  const complete = closed.filter(({ relation }) => relation !== 'record') as Certificate[]
  return { ...facts, memberships, access, complete }
}

const holder = (key: EntityKey & { relation: 'membership' }): { user: string } | { group: string } =>
  key.group === undefined ? { user: key.user } : { group: key.group }
