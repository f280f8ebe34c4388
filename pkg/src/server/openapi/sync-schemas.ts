/**
 * The messages of `sync/protocol.ts` as JSON Schemas. The types at the end hold the two together: a field that only one of
 * them knows does not compile. Requests may carry more than is known here, which is ignored; answers never do.
 */

import type { Json, JsonObject } from '../../types.js'
import type * as protocol from '../../sync/protocol.js'
import type { Schema } from './schema.js'

const MAX_N = 9_999_999_999

const text = { type: 'string' } as const
const texts = { type: 'array', items: text } as const
const object = { type: 'object', additionalProperties: true } as const
const flag = { type: 'boolean' } as const
const none = { type: 'null' } as const
const id = { type: 'string', maxLength: 255 } as const
const count = { type: 'integer', minimum: 0, maximum: MAX_N } as const
const device = {
  type: 'string',
  pattern: '^[A-Za-z0-9_.-]{1,64}$',
  description: 'Made up by the device, at random; it belongs to the user who first names it.',
} as const
const token = { type: 'string', description: 'Opaque: only the server that made it can read it.' } as const
const time = { type: 'number', description: 'Milliseconds since 1970.' } as const

const ref = <Name extends string>(name: Name): { $ref: `#/components/schemas/${Name}` } => ({
  $ref: `#/components/schemas/${name}`,
})
/** What a server says: every field, and no other. */
const answer = <const P extends { [name: string]: Schema }, const R extends readonly (keyof P & string)[]>(
  properties: P,
  required: R,
): { type: 'object'; properties: P; required: R; additionalProperties: false } => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
/** What a device says: what else it says is not heeded. */
const request = <const P extends { [name: string]: Schema }, const R extends readonly (keyof P & string)[]>(
  properties: P,
  required: R,
): { type: 'object'; properties: P; required: R; additionalProperties: true } => ({
  type: 'object',
  properties,
  required,
  additionalProperties: true,
})
const word = <const W extends string>(...words: W[]): { type: 'string'; enum: readonly W[] } => ({
  type: 'string',
  enum: words,
})

const members = { type: 'array', items: ref('SyncMember') } as const
const words = { type: 'object', additionalProperties: text } as const

const inStates = { type: 'object', additionalProperties: ref('SyncListed') } as const

const entry = {
  k: ref('SyncKey'),
  v: object,
  missing: { type: 'array', items: texts, description: 'Addresses of what it had and you may not see.' },
  derived: {
    type: 'object',
    additionalProperties: { anyOf: [word('allow', 'deny'), ref('SyncDerived')] },
    description: 'Answers that rest on what is not in the view.',
  },
  acls: ref('SyncTold'),
  seal: { type: 'string', description: 'The restricted community under whose key a device keeps it.' },
} as const

const body = {
  next: token,
  serverNow: time,
  closed: { type: 'array', items: ref('SyncCertificate') },
  leases: { type: 'array', items: ref('SyncLease') },
  verdicts: { type: 'array', items: ref('SyncVerdict') },
  lastN: count,
  keys: { type: 'object', additionalProperties: text, description: 'Keys of seals: held in memory, never stored.' },
} as const
const BODY = ['next', 'serverNow', 'closed', 'leases', 'verdicts', 'lastN', 'keys'] as const

export const SYNC_SCHEMAS = {
  SyncDerived: answer({ is: word('allow', 'deny'), from: time, until: time }, ['is']),
  SyncListed: {
    type: 'object',
    additionalProperties: { type: 'array', items: word('allow', 'deny', 'allow?', 'deny?') },
    description: 'By operation: whether an access list allows it to you, or denies it; with a question mark: perhaps.',
  },
  SyncTold: {
    ...answer({ any: ref('SyncListed'), in: inStates, now: inStates }, []),
    description:
      'What access lists come to for you: whatever a record holds (`any`), in which states otherwise (`in`), and of the record as it is (`now`), in its state and in each as if in which a rule asks lists. What `now` leaves out is as the others say.',
  },
  SyncKey: {
    description: 'Names one entity.',
    anyOf: [
      answer({ relation: word('record'), id: text }, ['relation', 'id']),
      answer({ relation: word('community'), id: text }, ['relation', 'id']),
      answer({ relation: word('user'), id: text }, ['relation', 'id']),
      answer({ relation: word('membership'), community: text, user: text }, ['relation', 'community', 'user']),
      answer({ relation: word('membership'), community: text, group: text }, ['relation', 'community', 'group']),
      answer({ relation: word('access'), id: text }, ['relation', 'id']),
      answer({ relation: word('acl'), id: text }, ['relation', 'id']),
    ],
  },
  SyncScope: {
    description: 'Part of a repository that a device holds.',
    anyOf: [
      word('mine', 'everywhere'),
      request({ community: { type: 'string', pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]{1,255}$' } }, ['community']),
    ],
  },
  SyncEntry: answer(entry, ['k', 'v']),
  SyncOp: {
    anyOf: [
      answer({ op: word('put'), ...entry }, ['op', 'k', 'v']),
      answer({ op: word('del'), k: entry.k }, ['op', 'k']),
    ],
  },
  SyncCertificate: answer(
    {
      relation: word('record', 'community', 'user', 'membership', 'access', 'acl'),
      where: answer(
        {
          id: text,
          user: { anyOf: [text, { type: 'integer' }] },
          community: text,
          action: text,
          visible: { type: 'boolean', enum: [true] },
        },
        [],
      ),
    },
    ['relation'],
  ),
  SyncLease: answer({ scope: ref('SyncScope'), until: time }, ['scope', 'until']),
  SyncReason: {
    type: 'object',
    properties: { code: text, holds: { anyOf: [flag, none] } },
    required: ['code', 'holds'],
    additionalProperties: true,
  },
  SyncVerdict: answer(
    {
      n: count,
      idem: text,
      at: token,
      r: word('accepted', 'accepted_changed', 'rejected'),
      code: word(
        'denied',
        'not_found',
        'workflow',
        'precondition',
        'validation',
        'policy_changed',
        'expired',
        'cause_rejected',
      ),
      message: text,
      because: { type: 'array', items: ref('SyncReason') },
      theirs: { type: 'array', items: answer({ path: texts, value: {} }, ['path', 'value']) },
      sameBase: flag,
      predicted: word('allow', 'deny', 'unknown'),
    },
    ['n', 'idem', 'at', 'r', 'sameBase'],
  ),
  SyncPullRequest: request(
    {
      v: { type: 'integer', enum: [1] },
      device,
      cookie: { anyOf: [token, none] },
      subs: { type: 'array', items: ref('SyncScope'), maxItems: 100 },
      have: request({ bundle: { anyOf: [{ type: 'string', maxLength: 1024 }, none] }, schema: count }, [
        'bundle',
        'schema',
      ]),
      ackVerdicts: count,
    },
    ['v', 'device', 'cookie', 'subs', 'have', 'ackVerdicts'],
  ),
  SyncPullResponse: {
    anyOf: [
      answer({ t: word('patch'), base: token, ops: { type: 'array', items: ref('SyncOp') }, ...body }, [
        't',
        'base',
        'ops',
        ...BODY,
      ]),
      answer({ t: word('reset'), entries: { type: 'array', items: ref('SyncEntry') }, ...body }, [
        't',
        'entries',
        ...BODY,
      ]),
      answer({ t: word('bundle_required'), hash: text }, ['t', 'hash']),
      answer({ t: word('client_too_old'), min: count }, ['t', 'min']),
      answer({ t: word('auth') }, ['t']),
    ],
  },
  SyncIntent: request(
    {
      n: { type: 'integer', minimum: 1, maximum: MAX_N },
      idem: { type: 'string', pattern: '^[!-~]{1,128}$' },
      actor: id,
      action: id,
      target: ref('SyncKey'),
      args: ref('SyncIntentArgs'),
      base: { anyOf: [token, none] },
      predicted: word('allow', 'deny', 'unknown'),
      causes: { type: 'array', items: { type: 'integer', minimum: 1, maximum: MAX_N }, maxItems: 100 },
      made: request({ wall: time }, ['wall']),
    },
    ['n', 'idem', 'actor', 'action', 'target', 'args', 'base', 'predicted', 'causes', 'made'],
  ),
  SyncIntentArgs: {
    description: 'By action. A field that the action does not know is refused, with a verdict.',
    anyOf: [
      answer({ community: text, record: object, type: text }, ['community', 'record']),
      answer({ set: { type: 'array', items: ref('SyncFieldEdit') } }, ['set']),
      answer({ params: object }, []),
      answer({ title: text, type: text, metadata: object, settings: words }, ['title']),
      answer({ role: text, actions: texts }, ['role', 'actions']),
      answer({ reason: text }, []),
      answer({ role: { anyOf: [text, texts] }, members, visible: flag, message: text }, ['role', 'members']),
      answer({ visible: flag, members }, ['visible', 'members']),
      answer({ members }, ['members']),
      answer({ request: text, message: text }, ['request']),
    ],
  },
  SyncMember: {
    anyOf: [
      answer({ user: { anyOf: [text, { type: 'number' }] }, request: text }, ['user']),
      answer({ group: text, request: text }, ['group']),
      answer({ email: text, request: text }, ['email']),
    ],
  },
  SyncFieldEdit: {
    anyOf: [
      answer({ path: { anyOf: [text, texts] }, was: {}, value: {} }, ['path', 'value']),
      answer({ path: { anyOf: [text, texts] }, was: {}, remove: { type: 'boolean', enum: [true] } }, [
        'path',
        'remove',
      ]),
    ],
  },
  SyncPushRequest: request(
    {
      v: { type: 'integer', enum: [1] },
      device,
      intents: { type: 'array', items: ref('SyncIntent'), description: 'In the order of their numbers; at most 100.' },
    },
    ['v', 'device', 'intents'],
  ),
  SyncPushResponse: answer(
    {
      verdicts: { type: 'array', items: ref('SyncVerdict') },
      lastN: count,
      stop: answer({ n: count, code: word('gap', 'idem_mismatch', 'retry_later', 'auth'), message: text }, [
        'n',
        'code',
        'message',
      ]),
    },
    ['verdicts', 'lastN'],
  ),
  SyncStatus: answer({ rev: { ...count, description: 'Where the view of this device stands.' } }, ['rev']),
} as const satisfies { [name: string]: Schema }

// ---- the schemas as types ---------------------------------------------------------------------------------------------

type Schemas = typeof SYNC_SCHEMAS

/** The values a schema allows. */
export type ValueOf<S> = S extends { $ref: `#/components/schemas/${infer Name extends keyof Schemas}` }
  ? Name extends 'SyncReason'
    ? import('../../types.js').Reason
    : ValueOf<Schemas[Name]>
  : S extends { anyOf: readonly (infer One)[] }
    ? One extends Schema
      ? ValueOf<One>
      : never
    : S extends { enum: readonly (infer Word)[] }
      ? Word
      : S extends { properties: infer Properties; required: readonly (infer Name)[] }
        ? { [K in keyof Properties as K extends Name ? K : never]: ValueOf<Properties[K]> } & {
            [K in keyof Properties as K extends Name ? never : K]?: ValueOf<Properties[K]>
          }
        : S extends { type: 'object'; additionalProperties: infer Inner }
          ? Inner extends true
            ? JsonObject
            : { [name: string]: ValueOf<Inner> }
          : S extends { type: 'array'; items: infer Item }
            ? ValueOf<Item>[]
            : S extends { type: infer Type extends keyof Plain }
              ? Plain[Type]
              : Json

interface Plain {
  string: string
  number: number
  integer: number
  boolean: boolean
  null: null
}

/** Without the seams of types that were put together and the fields that are never there, all the way down. */
type Flat<T> = [Json] extends [T]
  ? Json
  : T extends readonly (infer Item)[]
    ? Flat<Item>[]
    : T extends object
      ? { -readonly [K in keyof T as [Exclude<T[K], undefined>] extends [never] ? never : K]: Flat<T[K]> }
      : T

/** Whether two types are one and the same: not only that each fits the other, which optional fields would pass. */
export type Same<A, B> = (<T>() => T extends Flat<A> ? 1 : 2) extends <T>() => T extends Flat<B> ? 1 : 2 ? true : false

type Held<Name extends keyof Schemas, Type, Is extends Same<ValueOf<Schemas[Name]>, Type> & true> = Is

/** Where this does not compile, schema and protocol no longer say the same. */
export type SchemasHeld = [
  Held<'SyncKey', import('../../types.js').EntityKey, true>,
  Held<'SyncScope', protocol.Scope, true>,
  Held<'SyncDerived', protocol.DerivedFor, true>,
  Held<'SyncTold', import('../../types.js').AclOutcome, true>,
  Held<'SyncEntry', protocol.Entry, true>,
  Held<'SyncOp', protocol.Op, true>,
  Held<'SyncCertificate', protocol.ClosedRelation, true>,
  Held<'SyncLease', protocol.Lease, true>,
  Held<'SyncVerdict', protocol.Verdict, true>,
  Held<'SyncPullRequest', protocol.PullRequest, true>,
  Held<'SyncPullResponse', protocol.PullResponse, true>,
  Held<'SyncIntent', protocol.Intent, true>,
  Held<'SyncIntentArgs', protocol.IntentArgs, true>,
  Held<'SyncFieldEdit', protocol.FieldEdit, true>,
  Held<'SyncMember', protocol.MemberArg, true>,
  Held<'SyncPushRequest', protocol.PushRequest, true>,
  Held<'SyncPushResponse', protocol.PushResponse, true>,
]
