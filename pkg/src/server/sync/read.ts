/** Reading what devices send. Whatever is not of the protocol is a problem that names the place. */

import { Problem, malformed } from '../problem.js'
import { PROTOCOL } from '../../sync/protocol.js'
import type { Intent, PullRequest, PushRequest, Scope } from '../../sync/protocol.js'
import type { EntityKey, JsonObject } from '../../types.js'
import { MAX_N } from './cells.js'

type Body = { [name: string]: unknown }

/** Scopes of one device. */
const MAX_SUBS = 100
const MAX_CAUSES = 100
const MAX_ID = 255
/** Longer ones are not of ours, and are read as none. */
const MAX_TOKEN = 16_384

/** The request, or the oldest protocol that is still spoken. */
export function readPull(given: unknown): PullRequest | { tooOld: number } {
  const body = objectAt(given, 'body')
  if (isOld(body.v)) return { tooOld: PROTOCOL }
  checkVersion(body.v)
  const have = objectAt(body.have, 'body.have')
  return {
    v: PROTOCOL,
    device: deviceAt(body.device, 'body.device'),
    cookie: tokenAt(body.cookie, 'body.cookie'),
    subs: readSubs(body.subs),
    have: {
      bundle: have.bundle === null ? null : textAt(have.bundle, 'body.have.bundle', 1024),
      schema: numberAt(have.schema, 'body.have.schema'),
    },
    ackVerdicts: numberAt(body.ackVerdicts, 'body.ackVerdicts'),
  }
}

/** A push whose envelopes are sound. What an intent says inside is for the engine to judge, and gets a verdict. */
export function readPush(given: unknown, bulk: number): PushRequest {
  const body = objectAt(given, 'body')
  checkVersion(body.v)
  const intents = listAt(body.intents, 'body.intents')
  if (intents.length > bulk) {
    throw new Problem(413, 'too_many', `body.intents: at most ${bulk} at once; send the rest after the answer`, {
      path: 'body.intents',
    })
  }
  return {
    v: PROTOCOL,
    device: deviceAt(body.device, 'body.device'),
    intents: intents.map((intent, i) => readIntent(intent, `body.intents[${i}]`)),
  }
}

export function deviceAt(value: unknown, path: string): string {
  if (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)) return value
  throw malformed(path, 'is not the name of a device: 1 to 64 letters, digits, `_`, `-` or `.`')
}

function readIntent(given: unknown, path: string): Intent {
  const intent = objectAt(given, path)
  const n = numberAt(intent.n, `${path}.n`, 1)
  const causes = listAt(intent.causes, `${path}.causes`)
  if (causes.length > MAX_CAUSES) throw malformed(`${path}.causes`, `names more than ${MAX_CAUSES}`)
  const { predicted } = intent
  if (predicted !== 'allow' && predicted !== 'deny' && predicted !== 'unknown')
    throw malformed(`${path}.predicted`, 'is none of `allow`, `deny`, `unknown`')
  if (typeof intent.idem !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(intent.idem))
    throw malformed(`${path}.idem`, 'is not an idempotency key: 1 to 128 printable ASCII characters')
  return {
    n,
    idem: intent.idem,
    actor: textAt(intent.actor, `${path}.actor`, MAX_ID),
    action: textAt(intent.action, `${path}.action`, MAX_ID),
    // Which targets and arguments there are is the engine's to say.
    target: objectAt(intent.target, `${path}.target`) as unknown as EntityKey,
    args: objectAt(intent.args, `${path}.args`) as JsonObject as Intent['args'],
    base: tokenAt(intent.base, `${path}.base`),
    predicted,
    causes: causes.map((cause, i) => {
      const number = numberAt(cause, `${path}.causes[${i}]`, 1)
      if (number >= n) throw malformed(`${path}.causes[${i}]`, 'is not an earlier intent')
      return number
    }),
    made: { wall: wallAt(objectAt(intent.made, `${path}.made`).wall, `${path}.made.wall`) },
  }
}

/** In an order of their own: the same scopes named in another order are the same subscription. */
function readSubs(given: unknown): Scope[] {
  const subs = listAt(given, 'body.subs')
  if (subs.length > MAX_SUBS) throw malformed('body.subs', `names more than ${MAX_SUBS} scopes`)
  const words = new Set<Scope & string>()
  const communities = new Set<string>()
  subs.forEach((scope, i) => {
    const path = `body.subs[${i}]`
    if (scope === 'mine' || scope === 'everywhere') words.add(scope)
    else
      communities.add(
        idAt(objectAt(scope, path, 'is none of `{community}`, `mine`, `everywhere`').community, `${path}.community`),
      )
  })
  return [...[...words].sort(), ...[...communities].sort().map((community) => ({ community }))]
}

function isOld(v: unknown): boolean {
  return typeof v === 'number' && v < PROTOCOL
}

function checkVersion(v: unknown): void {
  if (v !== PROTOCOL) throw malformed('body.v', `is not ${PROTOCOL}, the version of the protocol this server speaks`)
}

function objectAt(value: unknown, path: string, message = 'is not an object'): Body {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body
  throw malformed(path, message)
}

function listAt(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value
  throw malformed(path, 'is not a list')
}

function textAt(value: unknown, path: string, max: number): string {
  if (typeof value !== 'string') throw malformed(path, 'is not text')
  if (value.length > max) throw malformed(path, `is longer than ${max} characters`)
  return value
}

function idAt(value: unknown, path: string): string {
  const text = textAt(value, path, MAX_ID)
  if (text === '') throw malformed(path, 'is empty')
  if (/\p{Cc}/u.test(text)) throw malformed(path, 'holds control characters')
  return text
}

function tokenAt(value: unknown, path: string): string | null {
  if (value === null) return null
  if (typeof value !== 'string') throw malformed(path, 'is neither a token nor null')
  // A token is opaque to whoever sends it, so a bad one is no fault of the message: it is read as none.
  return value.length > MAX_TOKEN ? null : value
}

function numberAt(value: unknown, path: string, min = 0): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= MAX_N) return value
  throw malformed(path, `is not a whole number from ${min} to ${MAX_N}`)
}

/** A device's clock may be years off, but it tells a time. */
function wallAt(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw malformed(path, 'is not a time in milliseconds since 1970')
}
