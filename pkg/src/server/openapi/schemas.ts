/** The shapes that several routes speak of. */

import type { Schema } from './schema.js'

const text: Schema = { type: 'string' }
const anything: Schema = { type: 'object', additionalProperties: true }

/** Problem details, RFC 9457. */
export const PROBLEM: Schema = {
  type: 'object',
  description: 'What is wrong, where, and what to do (RFC 9457).',
  required: ['type', 'title', 'status', 'code', 'detail', 'message'],
  additionalProperties: false,
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    code: text,
    detail: { type: 'string', description: 'What to do about it.' },
    message: { type: 'string', description: 'The same as `detail`.' },
    path: { type: 'string', description: 'Where in the request.' },
    tombstone: { $ref: '#/components/schemas/Record' },
    faults: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'path', 'message'],
        properties: { code: text, path: text, message: text },
      },
    },
  },
}

export const SCHEMAS = {
  Links: {
    type: 'object',
    properties: { self: text, transitions: { type: 'object', additionalProperties: text } },
    additionalProperties: true,
  },
  Community: {
    type: 'object',
    required: ['id', 'title', 'type', 'metadata', 'links'],
    properties: {
      id: text,
      title: text,
      type: { type: 'string', description: 'The label of its type, for example `Other`.' },
      metadata: anything,
      links: { $ref: '#/components/schemas/Links' },
      actions: {
        type: 'object',
        description: 'Who may do what; for members and administrators only.',
        additionalProperties: { type: 'array', items: text },
      },
      deletion: { ...anything, description: 'Who deleted it, when and why, if it is.' },
    },
    additionalProperties: {
      description: 'Settings where the policy keeps them, for example `access`: what holds, said or not.',
    },
  },
  CommunityChange: {
    type: 'object',
    properties: { title: { type: 'string', minLength: 1, maxLength: 128 }, metadata: anything },
    additionalProperties: { description: 'Settings, as the community shows them.' },
  },
  Reason: {
    type: 'object',
    properties: { reason: { type: 'string', maxLength: 10_000, description: 'Why, for people.' } },
    additionalProperties: false,
  },
  NewCommunity: {
    type: 'object',
    required: ['id', 'title'],
    properties: {
      id: { type: 'string', minLength: 1, maxLength: 63, description: 'Part of addresses; never changes.' },
      title: { type: 'string', minLength: 1, maxLength: 128 },
      type: text,
      metadata: anything,
      settings: {
        type: 'object',
        additionalProperties: text,
        description: 'Words by the addresses of settings, for example `access.visibility`.',
      },
    },
    additionalProperties: false,
  },
  GrantChange: {
    type: 'object',
    required: ['do', 'role', 'actions'],
    properties: {
      do: { type: 'string', enum: ['allow', 'deny'] },
      role: { type: 'string', minLength: 1, maxLength: 255, description: 'A role, `any` or `author`.' },
      actions: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'string', minLength: 1, maxLength: 255 } },
    },
    additionalProperties: false,
  },
  Grants: {
    type: 'object',
    required: ['available', 'roles', 'actions'],
    properties: {
      available: { type: 'array', items: text, description: 'Actions a community may grant.' },
      roles: { type: 'array', items: text, description: 'Roles they may be granted to.' },
      actions: { type: 'object', additionalProperties: { type: 'array', items: text } },
      notes: { type: 'array', items: text, description: 'What a change came to, action by action.' },
    },
    additionalProperties: false,
  },
  Record: {
    type: 'object',
    required: ['id', 'metadata', 'links', 'actions'],
    properties: {
      id: text,
      metadata: { type: 'object', additionalProperties: true, description: 'The document, as you may see it.' },
      links: { $ref: '#/components/schemas/Links' },
      actions: {
        type: 'object',
        description: 'Every action, and whether you may do it.',
        additionalProperties: { type: 'string', enum: ['allow', 'deny'] },
      },
      missing: {
        type: 'array',
        description: 'Addresses of what the document holds and you may not see.',
        items: { type: 'array', items: text },
      },
      updated: { type: 'string', description: 'When it was last written; in lists.' },
      operations: {
        type: 'array',
        items: text,
        description: 'Operations of access lists that you may do to it; in lists that are asked for them.',
      },
      made: {
        type: 'object',
        description:
          'After a transition: ids the server made for it, of a request, a new version or a secret link, and its token.',
        properties: { request: text, record: text, link: text, token: text },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  RecordList: {
    type: 'object',
    required: ['hits', 'links'],
    properties: {
      hits: {
        type: 'object',
        required: ['hits'],
        properties: {
          hits: { type: 'array', items: { $ref: '#/components/schemas/Record' } },
          total: { type: 'integer', minimum: 0 },
          relation: { type: 'string', enum: ['eq', 'gte'], description: '`gte`: there are at least so many.' },
        },
        additionalProperties: false,
      },
      links: {
        type: 'object',
        required: ['self'],
        properties: { self: text, next: text },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  Document: { type: 'object', additionalProperties: true, description: "A record's document." },
} satisfies { [name: string]: Schema }

/** A reference to a shape above. */
export function ref(name: keyof typeof SCHEMAS): Schema {
  return { $ref: `#/components/schemas/${name}` }
}
