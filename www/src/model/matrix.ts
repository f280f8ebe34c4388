/** The state matrix, by asking the engine about made-up people and one made-up record in each state. */
import type { Answer, FactsInput, Subject } from 'lictor'
import { ACTIONS } from '../words/actions.js'
import { STATES } from '../words/workflow.js'
import type { Level } from './document.js'
import { theEngine } from './engine.js'
import { communities } from './state.js'

export interface Kind {
  key: string
  label: string
  hint: string
  subject: Subject
}

export type Cell = { [answer in Exclude<Answer, 'deny'>]: string[] }

const AUTHOR = 'author'
const SUPERUSER = 'superuser'
const HINTS: { [role: string]: string } = {
  member: 'deposits',
  curator: 'checks',
  publisher: 'releases',
  manager: 'runs it',
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

/**
 * What is allowed, or not known, by "state kind", to a record with public or restricted metadata. Grants that are not shown
 * to who looks are not known.
 */
export function matrixFor(community: string, level: Level): Map<string, Cell> {
  const engine = theEngine()
  const facts: FactsInput = {
    communities: { [community]: communities.value[community] ?? {} },
    memberships: engine.policy.roles.map((role) => ({ community, user: role, role })),
    access: [{ action: 'superuser-access', user: SUPERUSER }],
    complete: true,
  }
  const cells = new Map<string, Cell>()
  for (const { name: state } of STATES) {
    const document = {
      communities: { primary: community, secondary: [] },
      state,
      owners: [{ user: AUTHOR }],
      access: { record: level },
    }
    for (const { key, subject } of matrixTypes()) {
      const decisions = engine.actions(
        { subject, resource: { type: 'record', id: 'example', properties: document } },
        facts,
      )
      // Creating has no state; it is shown once, where a record begins.
      const shown = ACTIONS.map(({ name }) => name).filter((name) => name !== 'create' || state === 'editing')
      const that = (answer: Answer): string[] => shown.filter((name) => decisions[name]?.decision === answer)
      cells.set(`${state} ${key}`, { allow: that('allow'), unknown: that('unknown') })
    }
  }
  return cells
}
