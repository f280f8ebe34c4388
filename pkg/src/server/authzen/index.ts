/** The AuthZEN Authorization API 1.0: evaluation, batch, searches, and where they are. */

import type { Context } from 'hono'
import type { ServerContext } from '../context.js'
import type { Operation, Route } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'
import { answer } from '../routes/shape.js'
import { evaluate, evaluateAll, type Question } from './evaluate.js'
import { AUTHZEN_SCHEMAS, named } from './schemas.js'
import { searchActions, searchResources, searchSubjects } from './search.js'
import { asker, type Asker, type MayAsk } from './who-asks.js'

export type { MayAsk } from './who-asks.js'

const TAG = 'authzen'
const PATHS = {
  access_evaluation_endpoint: '/access/v1/evaluation',
  access_evaluations_endpoint: '/access/v1/evaluations',
  search_subject_endpoint: '/access/v1/search/subject',
  search_resource_endpoint: '/access/v1/search/resource',
  search_action_endpoint: '/access/v1/search/action',
} as const

export function authzenRoutes(
  context: ServerContext,
  origin: (c: Context) => string,
  may: MayAsk,
): { routes: Route[]; schemas: { [name: string]: Schema } } {
  const post = (
    id: string,
    path: string,
    [asks, gives]: [string, string],
    summary: string,
    run: (who: Asker, body: never) => Promise<unknown>,
  ): Route => {
    const operation: Operation = {
      id,
      tag: TAG,
      summary,
      body: { schema: named(asks) },
      responses: { 200: { description: 'A denial is an answer, not an error.', schema: named(gives) } },
      problems: [403],
      run: async ({ c, body }) => {
        const who = asker(await context.subject(c), may, context.engine)
        return answer(await run(who, (await body()) as never), { headers: { 'cache-control': 'no-store' } })
      },
    }
    return { path, methods: { POST: operation } }
  }

  const configuration: Operation = {
    id: 'authzenConfiguration',
    tag: TAG,
    summary: 'Where the endpoints are',
    responses: { 200: { description: 'Addresses.', schema: { type: 'object', additionalProperties: true } } },
    run: ({ c }) => {
      const base = origin(c) + context.base
      const endpoints = Object.entries(PATHS).map(([name, path]) => [name, base + path])
      return answer({ policy_decision_point: base || origin(c), ...Object.fromEntries(endpoints) })
    },
  }

  const routes: Route[] = [
    { path: '/.well-known/authzen-configuration', methods: { GET: configuration } },
    post(
      'evaluate',
      PATHS.access_evaluation_endpoint,
      ['AuthzenEvaluation', 'AuthzenDecision'],
      'May somebody do something',
      (who, body: Question) => evaluate(context, who, body),
    ),
    post(
      'evaluateAll',
      PATHS.access_evaluations_endpoint,
      ['AuthzenEvaluations', 'AuthzenDecisions'],
      'Many questions at one revision',
      (who, body: Batch) => batch(context, who, body),
    ),
    post(
      'searchSubjects',
      PATHS.search_subject_endpoint,
      ['AuthzenSubjectSearch', 'AuthzenResults'],
      'Who may do something',
      (who, body: Parameters<typeof searchSubjects>[2]) => searchSubjects(context, who, body),
    ),
    post(
      'searchResources',
      PATHS.search_resource_endpoint,
      ['AuthzenResourceSearch', 'AuthzenResults'],
      'To what somebody may do something',
      (who, body: Parameters<typeof searchResources>[2]) => searchResources(context, who, body),
    ),
    post(
      'searchActions',
      PATHS.search_action_endpoint,
      ['AuthzenActionSearch', 'AuthzenResults'],
      'What somebody may do',
      (who, body: Parameters<typeof searchActions>[2]) => searchActions(context, who, body),
    ),
  ]
  return { routes, schemas: AUTHZEN_SCHEMAS }
}

interface Batch extends Partial<Question> {
  evaluations?: Partial<Question>[]
  options?: { evaluations_semantic?: string }
}

/** What the outside says holds for every question that does not say it itself. Without questions it is one itself. */
async function batch(context: ServerContext, who: Asker, body: Batch): Promise<object> {
  const { evaluations = [], options = {}, ...all } = body
  const semantic = options.evaluations_semantic ?? 'execute_all'
  const questions = evaluations.length > 0 ? evaluations.map((one) => ({ ...all, ...one })) : [all]
  const verdicts = await evaluateAll(context, who, questions, semantic)
  return evaluations.length > 0 ? { evaluations: verdicts } : (verdicts[0] ?? { decision: false })
}
