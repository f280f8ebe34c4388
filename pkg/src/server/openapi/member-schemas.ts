/** The shapes of communities' members, and of what is done to them. */

import type { Schema } from './schema.js'

const text: Schema = { type: 'string' }
const word: Schema = { type: 'string', minLength: 1, maxLength: 255 }
/** Somebody who is or would be a member. */
const member: Schema = {
  type: 'object',
  required: ['type', 'id'],
  properties: { type: { type: 'string', enum: ['user', 'group', 'email'] }, id: word },
  additionalProperties: false,
}
const members: Schema = { type: 'array', minItems: 1, maxItems: 100, items: member }
const roles: Schema = { anyOf: [word, { type: 'array', minItems: 1, maxItems: 32, items: word }] }
const message: Schema = { type: 'string', maxLength: 10_000 }

export const MEMBER_SCHEMAS = {
  Member: {
    type: 'object',
    required: ['member'],
    properties: {
      member,
      roles: { type: 'array', items: text, description: 'Of a pending one, those it would get.' },
      visible: { type: 'boolean', description: 'Whether its member made it public.' },
      status: { type: 'string', enum: ['active', 'invited', 'applied'] },
      request: { type: 'string', description: 'The request a pending one waits for.' },
      permissions: {
        type: 'object',
        description: 'What you may do to it now.',
        required: ['can_leave', 'can_remove', 'can_change_role', 'can_change_visibility', 'roles'],
        properties: {
          can_leave: { type: 'boolean' },
          can_remove: { type: 'boolean' },
          can_change_role: { type: 'boolean' },
          can_change_visibility: { type: 'boolean' },
          roles: { type: 'array', items: text, description: 'Roles it could be given.' },
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  MemberList: {
    type: 'object',
    required: ['hits', 'links'],
    properties: {
      hits: {
        type: 'object',
        required: ['hits', 'total'],
        properties: {
          hits: { type: 'array', items: { $ref: '#/components/schemas/Member' } },
          total: { type: 'integer', minimum: 0, description: 'Of those you see.' },
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
  Invitation: {
    type: 'object',
    required: ['role', 'members'],
    properties: { role: roles, members, visible: { type: 'boolean' }, message },
    additionalProperties: false,
  },
  Invited: {
    type: 'object',
    required: ['members'],
    properties: {
      members: {
        type: 'array',
        items: {
          type: 'object',
          required: ['member', 'request'],
          properties: { member, request: { type: 'string', description: 'Id of the invitation.' } },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  NewMembers: {
    type: 'object',
    required: ['role', 'members'],
    properties: { role: roles, members, visible: { type: 'boolean' } },
    additionalProperties: false,
  },
  MemberChange: {
    type: 'object',
    required: ['members'],
    description: 'Either `role` or `visible`.',
    properties: { members, role: roles, visible: { type: 'boolean' } },
    additionalProperties: false,
  },
  Members: { type: 'object', required: ['members'], properties: { members }, additionalProperties: false },
  Application: { type: 'object', properties: { message }, additionalProperties: false },
  Applied: {
    type: 'object',
    required: ['request'],
    properties: { request: { type: 'string', description: 'Id of the request.' } },
    additionalProperties: false,
  },
} satisfies { [name: string]: Schema }

export function memberRef(name: keyof typeof MEMBER_SCHEMAS): Schema {
  return { $ref: `#/components/schemas/${name}` }
}
