/** The OpenAPI 3.1 document, made of the same routes that are mounted. */

import type { Json, JsonObject } from '../../types.js'
import { PROBLEM } from './schemas.js'
import type { Method, Operation, Route } from './route.js'
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
  409: 'It exists already.',
  412: 'It is no longer as `If-Match` says.',
  413: 'The body is too large.',
  415: 'The body is of another media type.',
  500: 'The server failed; nothing was written.',
  503: 'Others write at the same time; nothing was written, try again.',
}

export function openapiDocument(
  routes: Route[],
  schemas: { [name: string]: Schema },
  base: string,
  info: ApiInfo = {},
): JsonObject {
  const document = {
    openapi: '3.1.0',
    info: {
      title: info.title ?? 'Repository',
      version: info.version ?? '1',
      description: info.description ?? 'Communities, records and their workflow; what each caller may do.',
    },
    ...(base === '' ? {} : { servers: [{ url: base }] }),
    paths: Object.fromEntries(routes.map((route) => [route.path, pathItem(route)])),
    components: { schemas: { ...schemas, Problem: PROBLEM } },
  }
  return JSON.parse(JSON.stringify(document)) as JsonObject
}

function pathItem({ params = {}, methods }: Route): { [key: string]: Json | object } {
  const parameters = Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  }))
  const operations = (Object.entries(methods) as [Method, Operation][]).map(
    ([method, operation]) => [method.toLowerCase(), operationOf(operation)] as const,
  )
  return { ...(parameters.length > 0 ? { parameters } : {}), ...Object.fromEntries(operations) }
}

function operationOf(operation: Operation): object {
  const query = Object.entries(operation.query ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
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
}: NonNullable<Operation['body']>): object {
  return { required: !optional, content: Object.fromEntries(types.map((type) => [type, { schema }])) }
}

function successes({ responses }: Operation): object {
  const entries = Object.entries(responses).map(([status, { description, schema, type, headers = {} }]) => {
    const told = Object.entries(headers).map(([name, text]) => [
      name,
      { description: text, schema: { type: 'string' } },
    ])
    return [
      status,
      {
        description,
        ...(told.length > 0 ? { headers: Object.fromEntries(told) } : {}),
        ...(schema ? { content: { [type ?? 'application/json']: { schema } } } : {}),
      },
    ]
  })
  return Object.fromEntries(entries)
}

function problems({ problems = [], body }: Operation): object {
  const statuses = [...EVERY_PROBLEM, ...problems, ...(body ? BODY_PROBLEMS : [])].sort((one, other) => one - other)
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(statuses.map((status) => [status, { description: MEANINGS[status] ?? '', content }]))
}
