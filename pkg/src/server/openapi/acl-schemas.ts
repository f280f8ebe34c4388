/** The shapes of access lists, of what one finds, and of what they say of a record. The engine checks what they mean. */

import type { Schema } from './schema.js'

const text: Schema = { type: 'string' }
const word: Schema = { type: 'string', minLength: 1, maxLength: 255 }
const texts: Schema = { type: 'array', items: text }
const ids: Schema = { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }
const objects: Schema = { type: 'array', items: { type: 'object', additionalProperties: true } }
const answer: Schema = { type: 'string', enum: ['allow', 'deny', 'unknown'] }
const effect: Schema = { type: 'string', enum: ['allow', 'deny'] }
const namesOrNone: Schema = { anyOf: [texts, { type: 'null' }] }

const said = {
  type: {
    type: 'string',
    description: '`id`, `default`, `query`, `property_value`, or a type of the host: which records are meant.',
  },
  name: { type: 'string', description: 'For people; at most 64 characters.' },
  priority: { type: 'integer', description: 'Of the lists that speak of a record, the highest counts; 0 if left out.' },
  priority_group: { ...text, description: 'Priorities are compared within it; `default` if left out.' },
  schemas: { ...texts, description: 'Schemas of the records that are meant; `words` of the collection has them.' },
  operation: { ...text, description: '`get`, `update`, `delete`, or a word of the host.' },
  effect: { ...effect, description: '`allow` if left out.' },
  states: { ...texts, description: 'Of records in these states only.' },
  actors: { ...objects, description: 'Of whom it speaks: `{"type": "user", "users": [1]}`, and so on.' },
  records: { ...ids, description: 'Ids of records, for `id`.' },
  query: { type: 'object', additionalProperties: true, description: 'For `query`.' },
  property_values: {
    ...objects,
    description: 'For `property_value`: `{name, value, match_operation, bool_operation}`.',
  },
  matches: { type: 'boolean', description: 'For types of the host: whether all records of the schemas are meant.' },
  originator: { ...ids.items, description: 'Who made it; not yours to set.' },
  changed: { type: 'integer', description: 'When it was last written, in milliseconds since 1970; not yours to set.' },
} satisfies { [name: string]: Schema }

export const ACL_SCHEMAS = {
  Acl: {
    type: 'object',
    required: ['id', 'type', 'operation', 'actors'],
    properties: { id: text, ...said },
    additionalProperties: false,
  },
  NewAcl: {
    type: 'object',
    required: ['type', 'operation', 'actors'],
    properties: { id: { ...word, description: 'Made up if left out.' }, ...said },
    additionalProperties: false,
  },
  AclList: {
    type: 'object',
    required: ['hits', 'words', 'links'],
    properties: {
      hits: {
        type: 'object',
        required: ['hits', 'total'],
        properties: {
          hits: { type: 'array', items: { $ref: '#/components/schemas/Acl' } },
          total: { type: 'integer', minimum: 0, description: 'Of those you may manage.' },
        },
        additionalProperties: false,
      },
      words: {
        type: 'object',
        description: 'What a list may be made of.',
        required: ['schemas', 'states', 'fields', 'types', 'actors'],
        properties: {
          schemas: texts,
          states: texts,
          fields: { type: 'object', additionalProperties: text, description: 'Types of fields, where not `keyword`.' },
          types: texts,
          actors: texts,
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
  AclTrial: {
    type: 'object',
    description: 'What would be written, and the records it would speak of, of those you may read. Nothing is written.',
    required: ['acl', 'found'],
    properties: {
      acl: { $ref: '#/components/schemas/Acl' },
      found: {
        type: 'object',
        required: ['total', 'relation', 'ids'],
        properties: {
          total: { type: 'integer', minimum: 0 },
          relation: { type: 'string', enum: ['eq', 'gte'], description: '`gte`: there may be more.' },
          ids: { ...texts, description: 'The first of them.' },
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  AclsOfRecord: {
    type: 'object',
    required: ['matched'],
    properties: {
      matched: {
        type: 'array',
        description: 'Lists you may manage that speak of the record, in the order in which they are compared.',
        items: {
          type: 'object',
          required: [
            ...['id', 'operation', 'priority_group', 'priority', 'effect', 'matches', 'counts'],
            ...['users', 'roles', 'system_roles'],
          ],
          properties: {
            id: text,
            operation: text,
            priority_group: text,
            priority: { type: 'integer' },
            effect,
            matches: { ...answer, description: 'Whether it speaks of the record.' },
            counts: { ...answer, description: 'Whether it counts: none of a higher priority stands before it.' },
            users: { ...namesOrNone, description: 'Of whom it speaks, those that stand in the record too.' },
            roles: namesOrNone,
            system_roles: texts,
          },
          additionalProperties: false,
        },
      },
      materialised: {
        ...objects,
        description: 'What an index keeps of those that count; for the host itself.',
      },
    },
    additionalProperties: false,
  },
} satisfies { [name: string]: Schema }

export function aclRef(name: keyof typeof ACL_SCHEMAS): Schema {
  return { $ref: `#/components/schemas/${name}` }
}
