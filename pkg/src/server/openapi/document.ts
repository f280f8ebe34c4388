/** The OpenAPI 3.1 document, made of the same routes that are mounted. */

import type { Json, JsonObject } from '../../types.js'
import { PROBLEM } from './schemas.js'
import type { Common, Described, Description, Method } from './route.js'
import type { Schema } from './schema.js'

export interface ApiInfo {
  title?: string
  version?: string
  description?: string
}

const EVERY_PROBLEM = [400, 401, 500, 503]
const BODY_PROBLEMS = [413, 415]

const MEANINGS: { [status: number]: string } = {
  400: 'The request is not understood; `path` says where.',
  401: 'Sign in first.',
  403: 'You may not do this.',
  404: 'There is no such thing, or nothing may be said about it.',
  409: 'It is there already, or not in the state for this.',
  410: 'It was deleted; `tombstone` is what you may see of it.',
  412: 'It is no longer as `If-Match` says, or the token is about a store that was replaced.',
  413: 'The body is too large.',
  415: 'The body is of another media type.',
  429: 'Too much at once: connections, or wrong passwords. Wait and try again.',
  500: 'The server failed; nothing was written.',
  503: 'Not now: others write at the same time, or what you have seen is not here yet. Nothing was written, try again.',
}

export function openapiDocument(
  routes: Described[],
  schemas: { [name: string]: Schema },
  base: string,
  info: ApiInfo = {},
  common: Common = {},
): JsonObject {
  const document = {
    openapi: '3.1.0',
    info: {
      title: info.title ?? 'Repository',
      version: info.version ?? '1',
      description: info.description ?? 'Communities, records and their workflow; what each caller may do.',
    },
    ...(base === '' ? {} : { servers: [{ url: base }] }),
    paths: Object.fromEntries(routes.map((route) => [route.path, pathItem(route, common)])),
    components: { schemas: { ...schemas, Problem: PROBLEM } },
  }
  return JSON.parse(JSON.stringify(document)) as JsonObject
}

function pathItem({ params = {}, methods }: Described, common: Common): { [key: string]: Json | object } {
  const parameters = Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  }))
  const operations = (Object.entries(methods) as [Method, Description][]).map(
    ([method, operation]) => [method.toLowerCase(), operationOf(withCommon(operation, common))] as const,
  )
  return { ...(parameters.length > 0 ? { parameters } : {}), ...Object.fromEntries(operations) }
}

function withCommon(operation: Description, { query, headers, problems = [] }: Common): Description {
  return {
    ...operation,
    query: { ...operation.query, ...query },
    headers: { ...operation.headers, ...headers },
    problems: [...new Set([...(operation.problems ?? []), ...problems])],
  }
}

function operationOf(operation: Description): object {
  const query = Object.entries(operation.query ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(operation.needs?.includes(name) ? { required: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema,
    ...(schema.type === 'array' ? { style: 'form', explode: true } : {}),
  }))
  const headers = Object.entries(operation.headers ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: 'header',
    description,
    schema,
  }))
  const parameters = [...query, ...headers]
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    tags: [operation.tag],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body ? { requestBody: requestBody(operation.body) } : {}),
    responses: { ...successes(operation), ...problems(operation) },
  }
}

function requestBody({
  schema,
  types = ['application/json'],
  optional = false,
}: NonNullable<Description['body']>): object {
  return { required: !optional, content: Object.fromEntries(types.map((type) => [type, { schema }])) }
}

function inForms(others: { [type: string]: Schema }): object {
  return Object.fromEntries(Object.entries(others).map(([type, schema]) => [type, { schema }]))
}

function successes({ responses }: Description): object {
  const entries = Object.entries(responses).map(
    ([status, { description, schema, type, others = {}, headers = {} }]) => {
      const told = Object.entries(headers).map(([name, text]) => [
        name,
        { description: text, schema: { type: 'string' } },
      ])
      return [
        status,
        {
          description,
          ...(told.length > 0 ? { headers: Object.fromEntries(told) } : {}),
          ...(schema ? { content: { [type ?? 'application/json']: { schema }, ...inForms(others) } } : {}),
        },
      ]
    },
  )
  return Object.fromEntries(entries)
}

function problems({ problems = [], body }: Description): object {
  const statuses = [...EVERY_PROBLEM, ...problems, ...(body ? BODY_PROBLEMS : [])].sort((one, other) => one - other)
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(statuses.map((status) => [status, { description: MEANINGS[status] ?? '', content }]))
}
