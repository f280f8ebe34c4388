// Upstream's loans: who may run which transition, what stands against it, and where each leads.
import { cell, list, named, NotUnderstood, only, sorted } from '../shape.mjs'
import { yesNo } from '../invenio/world.mjs'
import { engineFor } from '../world.mjs'
import { engineOf, everybody, factsOf, ILS, machine, subjectOf } from './world.mjs'

/** What upstream raises where it should answer. */
export const CRASHES = 'crashes'

const loan = (properties) => ({ type: 'loan', id: '1', properties: { $type: 'loan', ...properties } })
const stateOf = (done, type) => done.changes.find(({ value }) => value?.$type === type)?.value.state

/** The class of what was done. */
function outcomeOf(done) {
  if (done.outcome === 'ok') return 'ok'
  if (done.error?.code === 'guarded') return 'refused'
  if (done.error?.code !== 'denied') return done.error?.code ?? 'unknown'
  return done.status === 401 ? 'sign in' : 'denied'
}

/** The class of what upstream answered: `allow`, `deny`, or what it raised. */
function classOf(result) {
  const raised = /^ERROR (\w+):/.exec(result)?.[1]
  const classes = {
    allow: 'ok',
    deny: 'denied',
    Unauthorized: 'sign in',
    InvalidLoanExtendError: 'refused',
    LoanCheckoutByPatronForbidden: 'refused',
    InternalServerError: CRASHES,
  }
  return named(classes, raised ?? result, 'result')
}

/** A transition of the library: who has its permission, whatever the guards say, and where it leads. */
export async function libraryTransition(row, table) {
  const keys = ['id', 'section', 'src', 'dest', 'trigger', 'transition', 'permission', 'loan_patron', 'allow', 'errors']
  only(row, keys, 'row')
  const { states, actions } = machine('loan')
  if (![row.src, row.dest].every((state) => states.includes(state))) throw new NotUnderstood('no such state')
  if (!actions.includes(row.trigger)) throw new NotUnderstood(`trigger \`${row.trigger}\``)
  const { id: patron_pid } = named(table.identities, row.loan_patron, 'identities')
  const engine = await engineOf(row)
  const facts = engine.facts(factsOf(table))
  const resource = loan({ state: row.src, patron_pid })
  const cells = everybody(table, [...row.allow, ...Object.keys(row.errors)]).map(([name, subject]) => {
    const { now } = engine.transitions({ subject, resource }, facts)
    return cell(`${row.trigger} ${name}`, row.allow.includes(name), now.includes(row.trigger))
  })
  const done = engine.step({ do: 'transition', subject: { type: 'system' }, resource, transition: row.trigger }, facts)
  cells.push(cell('dest', row.dest, done.outcome === 'ok' ? stateOf(done, 'loan') : outcomeOf(done)))
  facts.free()
  return cells
}

/** A loan is extended by its patron and by others; whether too many wait for the document is said, or is not. */
export async function extension(row, table) {
  only(row, ['id', 'section', 'document_overbooked', 'identity', 'result'], 'row')
  const { document_overbooked: overbooked } = row
  if (![true, false, null].includes(overbooked)) throw new NotUnderstood('document_overbooked')
  const document = overbooked === null ? {} : { circulation: { overbooked } }
  const resource = loan({ state: 'ITEM_ON_LOAN', patron_pid: table.user_ids.patron1, document })
  return [cell('extend', classOf(row.result), await run('extend', resource, row, table))]
}

/** Counts tried: more than any limit there is. */
const TRIED = 8

/**
 * How many extensions there may be: as many as there are when one is refused, and one more than there are for whom none is.
 * Each extends an own loan; of anonymous people, who have none, that of its patron is asked.
 */
export async function extensionCount(row, table) {
  only(row, ['id', 'section', 'identity', 'extension_count', 'max_count'], 'row')
  if (![row.extension_count, row.max_count].every(Number.isInteger)) throw new NotUnderstood('no numbers')
  const { id } = named(table.identities, row.identity, 'identities')
  const { patron1 } = table.user_ids
  const subject =
    id === null ? { type: 'user', id: patron1, properties: { roles: [] } } : subjectOf(table, row.identity)
  const engine = await engineOf(row)
  const facts = engine.facts(factsOf(table))
  const document = { circulation: { overbooked: false } }
  const outcome = (extension_count) => {
    const resource = loan({ state: 'ITEM_ON_LOAN', patron_pid: id ?? patron1, document, extension_count })
    return outcomeOf(engine.step({ do: 'transition', subject, resource, transition: 'extend' }, facts))
  }
  const outcomes = Array.from({ length: TRIED }, (_, count) => outcome(count))
  facts.free()
  const refused = outcomes.indexOf('refused')
  const limit = refused === -1 ? row.extension_count + 1 : refused
  return [cell('max_count', row.max_count, outcomes[0] === 'ok' ? limit : outcomes[0])]
}

/** Somebody checks out for the loan's patron: as staff does, or by themselves. */
export async function checkout(row, table) {
  only(row, ['id', 'section', 'ILS_SELF_CHECKOUT_ENABLED', 'loan_patron', 'identity', 'result'], 'row')
  const resource = loan({ state: 'CREATED', patron_pid: named(table.user_ids, row.loan_patron, 'user_ids') })
  const ways = [await run('checkout', resource, row, table), await run('self_checkout', resource, row, table)]
  const best = ['ok', 'refused', 'sign in'].find((outcome) => ways.includes(outcome)) ?? ways[0]
  return [cell('checkout', classOf(row.result), best)]
}

async function run(transition, resource, row, table) {
  const engine = await engineOf(row)
  const subject = subjectOf(table, row.identity)
  return outcomeOf(engine.step({ do: 'transition', subject, resource, transition }, factsOf(table)))
}

/** The machine that upstream's circulation brings: where each trigger leads from a state. */
export async function broughtTransitions({ of, value }, table) {
  const { states, transitions } = machine('circulation')
  if (!states.includes(of)) throw new NotUnderstood(`state \`${of}\``)
  const expected = list(value, of).map((move) => {
    only(move, ['dest', 'trigger', 'transition'], of)
    return `${move.trigger} ${move.dest}`
  })
  const engine = await engineOf({})
  const resource = { type: 'circulation', id: '1', properties: { $type: 'circulation', state: of, patron_pid: '1' } }
  const given = transitions.flatMap(({ name, action = name }) => {
    const call = { do: 'transition', subject: { type: 'system' }, resource, transition: name }
    const done = engine.step(call, factsOf(table))
    return done.outcome === 'ok' ? [`${action} ${stateOf(done, 'circulation')}`] : []
  })
  return [cell('transitions', sorted(expected), sorted(given))]
}

/** The kinds of states: which of them each definition of the machine means. */
export async function stateKinds({ of, value }) {
  const { define, states } = machine('circulation')
  named(define, of, 'define')
  const changes = { machines: { circulation: { rules: { next: { use: of } } } } }
  const engine = await engineFor({ policy: ILS, changes })
  const meant = states.filter((state) => {
    const properties = { $type: 'circulation', state, patron_pid: '1' }
    const resource = { type: 'circulation', id: '1', properties }
    const { in_any_state } = engine.transitions({ subject: { type: 'anonymous' }, resource }, { complete: true })
    return in_any_state.length > 0
  })
  return [cell('states', sorted(value), sorted(meant))]
}
