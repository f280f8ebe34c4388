/** What ready sign-ins add to the OpenAPI document. */

import type { Described } from '../openapi/route.js'
import type { Schema } from '../openapi/schema.js'

const TAG = 'sign-in'
const COOKIE = { 'set-cookie': 'The session.' }

const WHO: Schema = {
  type: 'object',
  required: ['subject'],
  properties: {
    subject: {
      type: 'object',
      required: ['type'],
      properties: { type: { type: 'string' }, id: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      additionalProperties: true,
    },
  },
  additionalProperties: false,
}

const session: Described[] = [
  {
    path: '/auth/session',
    methods: {
      GET: {
        id: 'readSession',
        tag: TAG,
        summary: 'Who is signed in',
        responses: { 200: { description: 'Nobody is `anonymous`.', schema: WHO } },
      },
    },
  },
  {
    path: '/auth/logout',
    methods: {
      POST: {
        id: 'signOut',
        tag: TAG,
        summary: 'End the session',
        responses: { 204: { description: 'Signed out.', headers: { 'set-cookie': 'Removes the session.' } } },
        problems: [403],
      },
    },
  },
]

export const PASSWORD_ROUTES: Described[] = [
  {
    path: '/auth/login',
    methods: {
      POST: {
        id: 'signIn',
        tag: TAG,
        summary: 'Sign in with a password',
        description: 'Which of address, password and account was not good enough is not told.',
        body: {
          schema: {
            type: 'object',
            required: ['login', 'password'],
            properties: {
              login: { type: 'string', minLength: 1, description: 'E-mail address or username.' },
              password: { type: 'string' },
            },
          },
        },
        responses: { 200: { description: 'Signed in.', schema: WHO, headers: COOKIE } },
        problems: [403, 429],
      },
    },
  },
  ...session,
]

const text: Schema = { type: 'string' }

export const OIDC_ROUTES: Described[] = [
  {
    path: '/auth/login',
    methods: {
      GET: {
        id: 'signIn',
        tag: TAG,
        summary: 'Sign in with the provider',
        query: { return: { ...text, description: 'A path of this server, where to go afterwards.' } },
        responses: { 302: { description: 'To the provider.', headers: { location: 'There.', ...COOKIE } } },
      },
    },
  },
  {
    path: '/auth/callback',
    methods: {
      GET: {
        id: 'signedIn',
        tag: TAG,
        summary: 'Where the provider sends people back to',
        query: { code: text, state: text },
        responses: { 302: { description: 'Signed in.', headers: { location: 'Where they were.', ...COOKIE } } },
        problems: [403],
      },
    },
  },
  ...session,
]
