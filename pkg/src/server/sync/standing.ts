/** How a user's view stands while a push is decided, and what an intent's changes do to it. */

import type { Change, FactsInput, JsonObject, MembershipFact, Revision } from '../../types.js'
import { rowName } from './cells.js'
import type { Asking, Base, Projected } from './project.js'
import { baseAt, baseOf, isOthers, membersHeld, recordsOf, within } from './project.js'
import type { Sync } from './sync.js'

/** All of a view but its records, at the revision last asked for. */
export class Standing {
  private held: { revision: Revision; base: Base } | null = null

  constructor(private readonly sync: Sync) {}

  async at(asking: Asking, revision: Revision): Promise<Base> {
    if (this.held?.revision !== revision) {
      this.free()
      this.held = { revision, base: await baseAt(this.sync, asking, revision) }
    }
    return this.held.base
  }

  /** A write of our own led from the revision held to `next`, and changed nothing but records. */
  carry(next: Revision): void {
    if (this.held !== null) this.held.revision = next
  }

  free(): void {
    this.held?.base.read.free()
    this.held = null
  }
}

/** What an intent is about, before and after it. */
export interface Effect {
  before: Map<string, Projected>
  after: Map<string, Projected>
  /** Stands for all of the view but its records, as it is afterwards. */
  base: string
}

/** `documents` are the records as they are. Entities that look the same before and after are left out, but the target is not. */
export function effectOf(
  sync: Sync,
  asking: Asking,
  base: Base,
  documents: { [id: string]: JsonObject },
  changes: Change[],
): Effect {
  const before = recordsOf(sync, asking, base, documents)
  // Not least for a record that the policy cannot read: whatever is asked of it is refused, and nothing comes of it.
  if (changes.length === 0) return { before, after: before, base: base.digest }
  const next = new Map(Object.entries(documents))
  for (const change of changes) {
    if (change.key.relation !== 'record') continue
    if (change.op === 'put') next.set(change.key.id, change.value as JsonObject)
    else next.delete(change.key.id)
  }
  // Members of a community that are not looked at are none of the view's, whoever writes them.
  const looked = membersHeld(base.facts)
  const isLookedAt = ({ key }: Change): boolean =>
    key.relation !== 'membership' || !isOthers(key, asking.user) || looked.has(key.community)
  const others = changes.filter((change) => change.key.relation !== 'record' && isLookedAt(change))
  const nextBase = others.length === 0 ? base : baseOf(sync, asking, withChanges(base.facts, others))
  let after: Effect['after']
  try {
    // A record outside of what the device holds does not come to it because its user wrote it.
    const held = within(sync, asking, nextBase, Object.fromEntries(next))
    after = recordsOf(sync, asking, nextBase, held)
  } finally {
    if (nextBase !== base) nextBase.read.free()
  }
  for (const name of new Set([...base.entries.keys(), ...nextBase.entries.keys()])) {
    const was = base.entries.get(name)
    const is = nextBase.entries.get(name)
    if (was?.hash === is?.hash) continue
    if (was !== undefined) before.set(name, was)
    if (is !== undefined) after.set(name, is)
  }
  return { before, after, base: nextBase.digest }
}

/** The facts once these changes are written. */
function withChanges(facts: FactsInput, changes: Change[]): FactsInput {
  const users = new Map(Object.entries(facts.users ?? {}))
  const communities = new Map(Object.entries(facts.communities ?? {}))
  const memberships = new Map<string, MembershipFact>()
  for (const row of facts.memberships ?? []) {
    const { community } = row
    const holder = row.group === undefined ? { user: String(row.user) } : { group: row.group }
    memberships.set(rowName({ relation: 'membership', community, ...holder }), row)
  }
  for (const change of changes) {
    const { key } = change
    const name = rowName(key)
    // The engine made these values, in the form facts are given in.
    const value = change.op === 'put' ? (change.value as never) : undefined
    if (key.relation === 'community') replace(communities, key.id, value)
    else if (key.relation === 'user') replace(users, key.id, value)
    else if (key.relation === 'membership') {
      const { community } = key
      const holder = key.group === undefined ? { user: key.user } : { group: key.group }
      const rest = value as Pick<MembershipFact, 'role'> | undefined
      replace(memberships, name, rest === undefined ? rest : { ...rest, community, ...holder })
    }
  }
  return {
    ...facts,
    users: Object.fromEntries(users),
    communities: Object.fromEntries(communities),
    memberships: [...memberships.values()],
  }
}

function replace<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
