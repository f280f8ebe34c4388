/** One question and many. A denial is a successful answer; what is unknown is looked up before anything is said. */

import type { Decision, Evaluation, FactsInput, Key, Resource, Subject } from '../../types.js'
import { LictorError } from '../../errors.js'
import { askCheck, homeOf } from '../context/make.js'
import type { Asked, ServerContext } from '../context.js'
import { malformed, Problem } from '../problem.js'
import { resourceOf, subjectOf, type Asker, type Entity } from './who-asks.js'

export interface Question {
  subject: Entity
  action: { name: string }
  resource: Entity
}

export interface Verdict {
  decision: boolean
  context?: object
}

export async function evaluate(context: ServerContext, who: Asker, question: Question): Promise<Verdict> {
  const evaluation = read(who, question)
  const { value } = await context.settle((facts) => decide(context, evaluation, facts), startOf(evaluation))
  return verdict(value)
}

/** All at one revision. A question that is not understood is denied and says why; the others are answered. */
export async function evaluateAll(
  context: ServerContext,
  who: Asker,
  questions: Partial<Question>[],
  semantic: string,
): Promise<Verdict[]> {
  const read = questions.map((question, index) => readOne(who, question, index))
  const start = read.flatMap((one) => (one instanceof Problem ? [] : startOf(one)))
  const { value } = await context.settle((facts) => {
    const missing: Key[] = []
    const verdicts = read.map((one): Verdict => {
      if (one instanceof Problem) return failed(one)
      try {
        const asked = decide(context, one, facts)
        missing.push(...asked.missing)
        return verdict(asked.value)
      } catch (error) {
        if (error instanceof LictorError) return failed(new Problem(400, error.code, error.message))
        throw error
      }
    })
    return { value: verdicts, missing }
  }, start)
  if (semantic === 'execute_all') return value
  const last = value.findIndex(({ decision }) => decision === (semantic === 'permit_on_first_permit'))
  return last < 0 ? value : value.slice(0, last + 1)
}

/** Facts about the subject and the thing, whatever the rule says of them. */
export function startOf({ subject, resource }: { subject?: Subject; resource: Resource }): Key[] {
  const keys: Key[] = [{ relation: 'access', where: {} }]
  if (resource.id !== undefined) {
    keys.push({ relation: resource.type === 'community' ? 'community' : 'record', id: resource.id })
  }
  if (subject?.type === 'user') {
    const user = String(subject.id)
    keys.push({ relation: 'user', id: user }, { relation: 'membership', where: { user } })
  }
  return keys
}

/**
 * A decision with all its reasons. A rule may be settled by the state alone; why else it is refused, and what would help,
 * is said at the facts of the record's communities too.
 */
function decide({ engine }: ServerContext, evaluation: Evaluation, facts: FactsInput): Asked<Decision> {
  const asked = askCheck(engine, evaluation, facts)
  const { id = '', properties } = evaluation.resource
  if (homeOf(engine, evaluation.resource) !== undefined) return asked
  const records = facts.records ?? {}
  const record = properties ?? (Object.hasOwn(records, id) ? records[id] : undefined)
  if (record === undefined) return asked
  const { primary, secondary } = engine.columns(record)
  const looked = new Set(facts.complete === true ? [] : (facts.complete || []).map(({ where }) => where?.id))
  const communities = [primary, ...secondary].filter((one): one is string => one !== null && !looked.has(one))
  const around = communities.map((one): Key => ({ relation: 'community', id: one }))
  return { value: asked.value, missing: [...asked.missing, ...around] }
}

function read(who: Asker, { subject, action, resource }: Question): Evaluation {
  return { subject: subjectOf(who, subject), action: action.name, resource: resourceOf(who, resource, action.name) }
}

function readOne(who: Asker, question: Partial<Question>, index: number): ReturnType<typeof read> | Problem {
  try {
    for (const part of ['subject', 'action', 'resource'] as const) {
      if (question[part] === undefined) throw malformed(`body.evaluations[${index}].${part}`, 'must be given')
    }
    return read(who, question as Question)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

function verdict({ decision, reasons, remedies, policy }: Decision): Verdict {
  const allowed = decision === 'allow'
  return { decision: allowed, context: { reasons, ...(allowed ? {} : { remedies }), policy } }
}

function failed({ status, code, message }: Problem): Verdict {
  return { decision: false, context: { error: { status, code, message } } }
}
