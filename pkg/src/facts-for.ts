// What one subject may be told, as facts that questions take. A device holds the same entry by entry and is kept up to date; a page
// that asks `lictor/check` gets it once.
import type { Entry, ViewBase } from './sync/protocol.js'
import type { AccessRow, AclOutcomes, Certificate, FactsInput, MembershipFact, Subject } from './types.js'

type Members = { -readonly [key in keyof FactsInput]: FactsInput[key] }

/** Of a view: its base, and records of it. */
export function factsOf(subject: Subject, { entries, closed }: ViewBase, records: Entry[]): FactsInput {
  const memberships: MembershipFact[] = []
  const access: AccessRow[] = []
  const facts: Required<Pick<Members, 'users' | 'communities' | 'records' | 'withheld'>> = {
    users: {},
    communities: {},
    records: {},
    withheld: {},
  }
  const outcomes: Required<Pick<AclOutcomes, 'records' | 'new'>> = { records: {}, new: {} }
  for (const { k, v, missing, acls } of [...entries, ...records]) {
    if (k.relation === 'record') {
      facts.records[k.id] = v
      if (missing?.length) facts.withheld[k.id] = missing
      if (acls) outcomes.records[k.id] = acls
    } else if (k.relation === 'acl') {
      if (acls) outcomes.new[k.id] = acls
    } else if (k.relation === 'access') {
      access.push(v as unknown as AccessRow)
    } else if (k.relation === 'membership') {
      const { relation: _, ...member } = k
      // Of some members no role is shown. They are others: what the subject holds itself, it is told.
      if (!missing?.length) memberships.push({ ...v, ...member } as unknown as MembershipFact)
    } else {
      const table: { [id: string]: object } = k.relation === 'user' ? facts.users : facts.communities
      table[k.id] = v
    }
  }
  // Lists stay where they are; what they come to is told in place of them.
  const told = closed.some(({ relation }) => relation === 'acl')
  const complete = closed.filter(({ relation }) => relation !== 'acl') as Certificate[]
  const user = subject.type === 'user' ? { user: subject.id } : {}
  return { ...facts, memberships, access, complete, ...(told && { acl_outcomes: { ...user, ...outcomes } }) }
}
