/** The state matrix, by asking the engine about made-up people and one made-up record in each state. */
import type { FactsInput, Subject } from 'lictor'
import { ACTIONS, STATES } from '../words/workflow.js'
import { theEngine, world } from './state.js'

export interface Kind {
  key: string
  label: string
  hint: string
  subject: Subject
}

const AUTHOR = 'author'
const SUPERUSER = 'superuser'
const HINTS: { [role: string]: string } = {
  member: 'deposits',
  curator: 'checks',
  publisher: 'releases',
  admin: 'holds all ten',
}

export function matrixTypes(): Kind[] {
  const person = (key: string, label: string, hint: string): Kind => ({
    key,
    label,
    hint,
    subject: { type: 'user', id: key },
  })
  return [
    { key: 'anyone', label: 'Anyone', hint: 'not signed in', subject: { type: 'anonymous' } },
    person(AUTHOR, 'Author', 'owns the record'),
    ...theEngine().policy.roles.map((role) =>
      person(role, role.charAt(0).toUpperCase() + role.slice(1), HINTS[role] ?? ''),
    ),
    person(SUPERUSER, 'Superuser', 'by an access row'),
  ]
}

/** Allowed actions by "state kind". */
export function matrixFor(community: string): Map<string, string[]> {
  const engine = theEngine()
  const facts: FactsInput = {
    communities: { [community]: world.value.facts.communities?.[community] ?? {} },
    memberships: engine.policy.roles.map((role) => ({ community, user: role, role })),
    access: [{ action: 'superuser-access', user: SUPERUSER }],
    complete: true,
  }
  const cells = new Map<string, string[]>()
  for (const { name: state } of STATES) {
    const document = {
      'oarepo:primaryCommunity': community,
      'oarepo:secondaryCommunities': [],
      'oarepo:recordStatus': state,
      access: { owned_by: [{ user: AUTHOR }] },
    }
    for (const { key, subject } of matrixTypes()) {
      const decisions = engine.actions(
        { subject, resource: { type: 'record', id: 'example', properties: document } },
        facts,
      )
      // Creating has no state; it is shown once, where a record begins.
      const shown = ACTIONS.map(({ name }) => name).filter((name) => name !== 'create' || state === 'editing')
      cells.set(
        `${state} ${key}`,
        shown.filter((name) => decisions[name]?.decision === 'allow'),
      )
    }
  }
  return cells
}
