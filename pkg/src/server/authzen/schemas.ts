/** The shapes of the AuthZEN Authorization API 1.0. */

import type { Schema } from '../openapi/schema.js'

const text: Schema = { type: 'string', minLength: 1, maxLength: 512 }
const bag: Schema = { type: 'object', additionalProperties: true }

export const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

const ENTITIES = {
  subject: named('AuthzenSubject'),
  action: named('AuthzenAction'),
  resource: named('AuthzenResource'),
}
const PAGE = { page: named('AuthzenPageRequest'), context: bag }
const decision: Schema = {
  type: 'object',
  required: ['decision'],
  properties: { decision: { type: 'boolean' }, context: bag },
}

export const AUTHZEN_SCHEMAS: { [name: string]: Schema } = {
  AuthzenSubject: {
    type: 'object',
    required: ['type', 'id'],
    properties: {
      type: { type: 'string', enum: ['user', 'anonymous', 'system'] },
      id: text,
      properties: {
        ...bag,
        description: '`roles`, `system_roles` and `links`; heeded from callers who may ask about others.',
      },
    },
    additionalProperties: true,
  },
  AuthzenAction: {
    type: 'object',
    required: ['name'],
    properties: { name: text, properties: bag },
    additionalProperties: true,
  },
  AuthzenResource: {
    type: 'object',
    required: ['type', 'id'],
    properties: {
      type: { ...text, description: 'A record type, or `community` (for `create`).' },
      id: text,
      properties: {
        ...bag,
        description:
          '`community`: the one in whose path it is asked for. `document`: in place of the stored one; heeded from callers who may ask about others. All else is read from the store.',
      },
    },
    additionalProperties: true,
  },
  AuthzenEvaluation: {
    type: 'object',
    required: ['subject', 'action', 'resource'],
    properties: { ...ENTITIES, context: bag },
    additionalProperties: true,
  },
  AuthzenDecision: decision,
  AuthzenEvaluations: {
    type: 'object',
    properties: {
      ...ENTITIES,
      context: bag,
      evaluations: {
        type: 'array',
        maxItems: 100,
        items: { type: 'object', properties: { ...ENTITIES, context: bag }, additionalProperties: true },
      },
      options: {
        type: 'object',
        properties: {
          evaluations_semantic: {
            type: 'string',
            enum: ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'],
          },
        },
        additionalProperties: true,
      },
    },
    additionalProperties: true,
  },
  AuthzenDecisions: {
    anyOf: [
      {
        type: 'object',
        required: ['evaluations'],
        properties: { evaluations: { type: 'array', items: decision } },
        additionalProperties: false,
      },
      decision,
    ],
  },
  AuthzenPageRequest: {
    type: 'object',
    properties: { token: { type: 'string', maxLength: 2048 }, limit: { type: 'integer', minimum: 1, maximum: 1000 } },
    additionalProperties: true,
  },
  AuthzenSubjectSearch: {
    type: 'object',
    required: ['subject', 'action', 'resource'],
    properties: {
      subject: {
        type: 'object',
        required: ['type'],
        properties: { type: { type: 'string', enum: ['user'] } },
        additionalProperties: true,
      },
      action: named('AuthzenAction'),
      resource: named('AuthzenResource'),
      ...PAGE,
    },
    additionalProperties: true,
  },
  AuthzenResourceSearch: {
    type: 'object',
    required: ['subject', 'action', 'resource'],
    properties: {
      subject: named('AuthzenSubject'),
      action: named('AuthzenAction'),
      resource: { type: 'object', required: ['type'], properties: { type: text }, additionalProperties: true },
      ...PAGE,
    },
    additionalProperties: true,
  },
  AuthzenActionSearch: {
    type: 'object',
    required: ['subject', 'resource'],
    properties: { subject: named('AuthzenSubject'), resource: named('AuthzenResource'), ...PAGE },
    additionalProperties: true,
  },
  AuthzenResults: {
    type: 'object',
    required: ['results', 'page'],
    properties: {
      results: { type: 'array', items: { type: 'object', additionalProperties: true } },
      page: {
        type: 'object',
        required: ['next_token', 'count'],
        properties: {
          next_token: { type: 'string', description: 'Empty: there are no more.' },
          count: { type: 'integer' },
        },
        additionalProperties: false,
      },
      context: bag,
    },
    additionalProperties: false,
  },
}
