/** The shapes of accounts, roles and access rows. What they may hold the tools check, as they do on the command line. */

import type { Schema } from './schema.js'

const text: Schema = { type: 'string' }
const name: Schema = { type: 'string', minLength: 1, maxLength: 255 }
const texts: Schema = { type: 'array', items: text }
const flag: Schema = { type: 'boolean' }
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
const list = (of: string): Schema => ({ type: 'array', items: { $ref: `#/components/schemas/${of}` } })

const account = {
  id: { ...text, description: 'What facts, records and memberships know the user by.' },
  email: text,
  username: orNull(text),
  full_name: text,
  affiliations: text,
  active: { ...flag, description: 'Only active and confirmed accounts sign in.' },
  confirmed: flag,
} satisfies { [name: string]: Schema }

const subjects: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: 100,
  items: {
    anyOf: ['user', 'role', 'system_role'].map((kind): Schema => ({
      type: 'object',
      required: [kind],
      properties: { [kind]: name },
      additionalProperties: false,
    })),
  },
}

export const ACCOUNT_SCHEMAS = {
  Account: {
    type: 'object',
    required: [...Object.keys(account), 'roles'],
    properties: { ...account, roles: { ...texts, description: 'Held everywhere.' } },
    additionalProperties: false,
  },
  AccountList: {
    type: 'object',
    required: ['hits'],
    properties: {
      hits: {
        type: 'object',
        required: ['hits', 'total'],
        properties: { hits: list('Account'), total: { type: 'integer', minimum: 0 } },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  NewAccount: {
    type: 'object',
    required: ['email'],
    properties: {
      email: name,
      username: orNull(name),
      full_name: text,
      affiliations: text,
      active: flag,
      confirmed: flag,
      password: { ...orNull(text), description: 'At least 6 characters. Left out: a random one, which is told once.' },
    },
    additionalProperties: false,
  },
  AccountMade: {
    type: 'object',
    required: [...Object.keys(account), 'roles', 'allow'],
    properties: {
      ...account,
      roles: texts,
      allow: texts,
      password: { ...text, description: 'The random one. This is the only time it is told.' },
    },
    additionalProperties: false,
  },
  AccountChanged: {
    type: 'object',
    required: [...Object.keys(account), 'changed'],
    properties: { ...account, changed: { ...flag, description: 'False if it was so already.' } },
    additionalProperties: false,
  },
  Role: {
    type: 'object',
    required: ['name', 'description', 'external'],
    properties: {
      name: text,
      description: text,
      external: { ...flag, description: 'Who holds it is said elsewhere.' },
    },
    additionalProperties: false,
  },
  NewRole: {
    type: 'object',
    required: ['name'],
    properties: { name, description: text, external: flag },
    additionalProperties: false,
  },
  RoleSet: {
    type: 'object',
    required: ['user', 'role', 'changed', 'external'],
    properties: { user: text, role: text, changed: flag, external: flag },
    additionalProperties: false,
  },
  AccessRow: {
    type: 'object',
    required: ['action'],
    properties: {
      action: text,
      argument: { ...text, description: 'A row without one covers everything.' },
      exclude: { ...flag, description: 'A deny row; it beats allow rows.' },
      user: { anyOf: [text, { type: 'integer' }] },
      role: text,
      system_role: text,
    },
    additionalProperties: false,
  },
  AccessChange: {
    type: 'object',
    required: ['do', 'action', 'subjects'],
    properties: {
      do: { type: 'string', enum: ['allow', 'deny', 'remove'] },
      action: name,
      argument: name,
      subjects: { ...subjects, description: 'Users by id or e-mail address. For all of them, or for none.' },
    },
    additionalProperties: false,
  },
  AccessChanged: {
    type: 'object',
    required: ['changed', 'unchanged', 'warnings'],
    properties: { changed: list('AccessRow'), unchanged: list('AccessRow'), warnings: texts },
    additionalProperties: false,
  },
  KnownAction: {
    type: 'object',
    required: ['name', 'meaning', 'used'],
    properties: {
      name: text,
      meaning: text,
      argument: { ...text, description: 'What a row may be limited to.' },
      used: { ...flag, description: 'Whether a rule of the policy looks at it.' },
    },
    additionalProperties: false,
  },
} satisfies { [name: string]: Schema }

export function accountRef(name: keyof typeof ACCOUNT_SCHEMAS): Schema {
  return { $ref: `#/components/schemas/${name}` }
}
