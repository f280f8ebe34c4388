// Custom machines (oarepo-fsm): a policy document is made of the row's transitions and asked.
import { run } from './executed.mjs'
import { need, permits } from './needs.mjs'
import { cell, expects, list, named, NotUnderstood, only, sorted } from './shape.mjs'
import { accessRow, document, engineFor, subjectOf } from './world.mjs'

const RULES = { read: 'always', create: 'always', update: 'always' }

/** A policy document over `oarepo-3.0.5`: these actions with these rules, this machine, these states more. */
export function policy({ rules = {}, transitions = [], states = [], field }) {
  const base = document('oarepo-3.0.5')
  const all = { ...RULES, ...rules }
  const actions = Object.keys(all)
  const [type] = base.types
  const used = transitions.flatMap(({ from, to }) => [...from, to])
  return {
    ...base,
    name: 'vectors',
    actions,
    allowed_actions: actions,
    grants: {},
    states: [...new Set([...base.states, ...used, ...states])],
    types: [{ ...type, fields: { ...type.fields, state: field } }],
    rules: all,
    transitions,
    lists: {},
  }
}

/** The engine of a machine as rows write it. */
function machine(transitions) {
  const rules = {}
  const states = []
  const entries = list(transitions, 'transitions').map((transition) => {
    const keys = ['name', 'src', 'dest', 'required', 'permissions', 'commit_record']
    const {
      name,
      src,
      dest,
      required = [],
      permissions = [],
      commit_record: commit = true,
    } = only(transition, keys, 'transition')
    states.push(...permissions.flatMap(statesOf))
    rules[name] = permissions.length === 0 ? 'always' : { any: permissions.map(ruleOf) }
    return { name, from: src.map((state) => state ?? '(none)'), to: dest, required, commit }
  })
  return engineFor({ policy: policy({ rules, transitions: entries, states, field: 'state' }) })
}

/** An expression as a rule; needs become conditions on the subject, and the superuser passes them. */
function ruleOf(expression) {
  return walk(expression, (needs) => ({ any: [{ use: 'superuser' }, ...needs.map(need).map(conditionOf)] }))
}

function conditionOf([kind, value, ...argument]) {
  if (argument.length > 0) throw new NotUnderstood('expr: a need with an argument in a machine')
  if (kind === 'role' || kind === 'system_role') return { [kind]: value }
  if (kind === 'id') return { user: value }
  if (kind === 'action') return { all: [{ not: { banned: value } }, { need: value }] }
  throw new NotUnderstood(`expr: need \`${kind}\``)
}

/** `{state | all | any | not | needs | permission}` as a rule. */
function walk(expression, needs) {
  if (typeof expression === 'boolean') return expression ? 'always' : 'never'
  only(expression, ['state', 'all', 'any', 'not', 'need', 'needs', 'permission'], 'expr')
  const [head, ...others] = Object.keys(expression)
  if (head === undefined || others.length > 0) throw new NotUnderstood('expr: not exactly one operator')
  const value = expression[head]
  if (head === 'not') return { not: walk(value, needs) }
  if (head === 'state') return stateRule([value].flat())
  if (['need', 'needs', 'permission'].includes(head)) return needs(needsOf(value))
  const parts = list(value, `expr.${head}`).map((part) => walk(part, needs))
  // An empty any-of is nobody everywhere; what an empty all-of is, the policy's generation says.
  return head === 'any' && parts.length === 0 ? 'never' : { [head]: parts }
}

const stateRule = (states) => (states.length === 0 ? 'never' : { state: states.map((state) => state ?? '(none)') })

function needsOf(value) {
  if (!Array.isArray(value)) return list(only(value, ['needs'], 'expr').needs, 'expr.needs')
  return typeof value[0] === 'string' ? [value] : value
}

function statesOf(expression) {
  if (expression === null || typeof expression !== 'object') return []
  const own = [expression.state ?? []].flat().filter((state) => state !== null)
  return [...own, ...['all', 'any', 'not'].flatMap((key) => [expression[key] ?? []].flat().flatMap(statesOf))]
}

/** An expression over permissions: each permission by the need algebra, their combination by the rules. */
export async function expression(row) {
  const { context } = row
  only(context, ['expr', 'record', 'provides', 'grants', 'principal', 'principals'], 'context')
  const subject = who(context)
  const provides = context.provides ?? providedBy(subject)
  const permissions = []
  walk(context.expr, (needs) => permissions.push(needs))
  const answers = []
  for (const needs of permissions) answers.push(await permits({ provides, needs, grants: context.grants }))
  const rule = walk(context.expr, () => (answers.shift() ? 'always' : 'never'))
  const field = context.record && 'oarepo:recordStatus' in context.record ? 'oarepo:recordStatus' : 'state'
  const engine = await engineFor({ policy: policy({ rules: { probe: rule }, states: statesOf(context.expr), field }) })
  const of = { type: 'record', id: '1', properties: context.record ?? {} }
  const { decision } = engine.check({ subject, action: 'probe', resource: of }, { complete: true })
  return [cell('allow', expects(row, ['allow']).allow, decision === 'allow')]
}

function who({ principal, principals }) {
  if (principal == null || (typeof principal === 'string' && principal === 'anonymous')) return { type: 'anonymous' }
  return subjectOf(typeof principal === 'string' ? named(principals, principal, 'principals') : principal)
}

function providedBy(subject) {
  const any = ['system_role', 'any_user']
  if (subject.type !== 'user') return [any]
  const roles = (subject.properties.roles ?? []).map((role) => ['role', role])
  return [
    any,
    ['system_role', 'authenticated_user'],
    ['system_role', 'community-record-owner'],
    ['id', subject.id],
    ...roles,
  ]
}

const MACHINE = ['transitions', 'principal', 'principals', 'grants']

async function stage(context) {
  const engine = await machine(context.transitions)
  return { engine, facts: engine.facts({ access: (context.grants ?? []).map(accessRow), complete: true }) }
}

const at = (state) => ({ type: 'record', id: '1', properties: state === null ? {} : { state } })

export async function available(row) {
  only(row.context, [...MACHINE, 'state'], 'context')
  const expected = expects(row, ['by_state', 'by_state_and_user', 'by_user_any_state'])
  const { engine, facts } = await stage(row.context)
  const lists = engine.transitions({ subject: who(row.context), resource: at(row.context.state) }, facts)
  const names = { by_state: 'in_state', by_state_and_user: 'now', by_user_any_state: 'in_any_state' }
  return Object.entries(expected).map(([key, value]) => cell(key, sorted(value), sorted(lists[names[key]])))
}

export async function required(row) {
  only(row.context, [...MACHINE, 'state', 'transition'], 'context')
  const { engine, facts } = await stage(row.context)
  const { now } = engine.transitions({ subject: who(row.context), resource: at(row.context.state) }, facts)
  return [cell('allow', expects(row, ['allow']).allow, now.includes(row.context.transition))]
}

/** Step by step, each from the state the one before led to. */
export async function sequence(row) {
  const { context } = row
  only(context, [...MACHINE, 'start_state', 'steps'], 'context')
  const { engine, facts } = await stage(context)
  const steps = list(expects(row, ['steps']).steps, 'expected.steps')
  if (steps.length !== context.steps.length) throw new NotUnderstood('expected.steps: not one for each step')
  let state = context.start_state
  return context.steps.map((step, number) => {
    only(step, ['principal', 'transition', 'kwargs'], 'step')
    // Upstream's message is its own text; the outcome is compared.
    const { message: _, ...expected } = only(
      steps[number],
      ['outcome', 'http', 'state', 'message', 'commit_record'],
      'step',
    )
    const subject = who({ ...context, principal: step.principal })
    const done = run({ engine, facts, subject }, at(state), step.transition, step.kwargs ?? {})
    state = done.state_after ?? state
    const told = { outcome: done.outcome, http: done.http, state, commit_record: done.commit_record }
    return cell(`step ${number}`, expected, Object.fromEntries(Object.keys(expected).map((key) => [key, told[key]])))
  })
}

/** The route of transitions. A row may leave the machine out: it is that of the table's other rows. */
export async function routes(row, table) {
  only(row.context, ['item_route', 'transitions'], 'context')
  const expected = expects(row, ['route', 'method', 'endpoint'])
  const transitions =
    row.context.transitions ?? table.vectors.find(({ context }) => context.transitions)?.context.transitions
  const engine = await machine(transitions)
  // The endpoint is the name upstream's framework gives the view; lictor names no view.
  const cells = [cell('route', expected.route, engine.transitionRoute(row.context.item_route))]
  return 'method' in expected ? [...cells, cell('method', expected.method, 'POST')] : cells
}
