/** One question and many. A denial is a successful answer; what is unknown is looked up before anything is said. */

import type { Decision, Key } from '../../types.js'
import { LictorError } from '../../errors.js'
import { askCheck } from '../context/make.js'
import type { ServerContext } from '../context.js'
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
  const { value } = await context.settle((facts) => askCheck(context.engine, evaluation, facts), startOf(question))
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
  const start = questions.flatMap(({ resource }) => (resource ? startOf({ resource }) : []))
  const { value } = await context.settle((facts) => {
    const missing: Key[] = []
    const verdicts = read.map((one): Verdict => {
      if (one instanceof Problem) return failed(one)
      try {
        const asked = askCheck(context.engine, one, facts)
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

/** Facts that are needed whatever the rule says: saves a round. */
export function startOf({ resource }: { resource: Entity }): Key[] {
  return resource.type === 'community'
    ? [{ relation: 'community', id: resource.id }]
    : [{ relation: 'record', id: resource.id }]
}

function read(who: Asker, { subject, action, resource }: Question): Parameters<ServerContext['engine']['check']>[0] {
  return { subject: subjectOf(who, subject), action: action.name, resource: resourceOf(who, resource) }
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
