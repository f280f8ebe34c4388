/**
 * Which facts this device holds. The store on the device has them all; the page can put a class of them aside, to
 * show what an engine answers that does not know: `unknown`, never a guess.
 */
import type { Certificate, FactsInput } from 'lictor'

export const FACT_CLASSES = ['others', 'mine', 'access', 'grants', 'roles'] as const
export type FactClass = (typeof FACT_CLASSES)[number]

/**
 * What goes into the engine: everything but what was put aside, with a certificate for each relation that is still
 * complete. Records stay out: the index and each question bring their own.
 */
export function held(all: FactsInput, subject: string, aside: ReadonlySet<FactClass>): FactsInput {
  const { records: _, complete: __, ...facts } = all
  const result: FactsInput = { ...facts }
  const certificates: Certificate[] = []

  const kept = (facts.memberships ?? []).filter((row) => !aside.has(String(row.user) === subject ? 'mine' : 'others'))
  result.memberships = kept
  if (!aside.has('others') && !aside.has('mine')) certificates.push({ relation: 'membership' })
  else if (!aside.has('mine')) certificates.push({ relation: 'membership', where: { user: subject } })
  else if (!aside.has('others')) certificates.push(...everybodyElse(all, subject))

  if (aside.has('access')) delete result.access
  else certificates.push({ relation: 'access' })

  if (aside.has('roles')) delete result.users
  else certificates.push({ relation: 'user' })

  if (aside.has('grants')) result.communities = withoutGrants(facts.communities ?? {})
  certificates.push({ relation: 'community' })

  // Never `true`: the records are not among these facts, and `true` would say that there are none.
  return { ...result, complete: certificates }
}

/** How many facts of each class there are, for the switches. */
export function counts(all: FactsInput, subject: string): { [name in FactClass]: number } {
  const memberships = all.memberships ?? []
  const mine = memberships.filter((row) => String(row.user) === subject).length
  return {
    others: memberships.length - mine,
    mine,
    access: all.access?.length ?? 0,
    grants: Object.values(all.communities ?? {}).reduce(
      (sum, { grants = {} }) => sum + Object.values(grants).flat().length,
      0,
    ),
    roles: Object.keys(all.users ?? {}).length,
  }
}

function everybodyElse(all: FactsInput, subject: string): Certificate[] {
  return Object.keys(all.users ?? {})
    .filter((id) => id !== subject)
    .map((user) => ({ relation: 'membership', where: { user } }))
}

function withoutGrants(communities: NonNullable<FactsInput['communities']>): NonNullable<FactsInput['communities']> {
  return Object.fromEntries(Object.entries(communities).map(([id, { grants: _, ...rest }]) => [id, rest]))
}
