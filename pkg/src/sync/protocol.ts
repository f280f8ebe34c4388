/**
 * What a device and a server say to each other. `src/offline/PROTOCOL.md` explains each message with an example.
 * Ids are opaque; `wall`, `until` and `now` are milliseconds since 1970; tokens are opaque text made by the server.
 */

import type {
  AclOutcome,
  Answer,
  EntityKey,
  Json,
  JsonObject,
  Key,
  Possible,
  Reason,
  RecordId,
  Relation,
  UserId,
} from '../types.js'

/** The protocol's version. A server that no longer speaks it answers `client_too_old`. */
export const PROTOCOL = 1

/**
 * Where a device's view stands: tenant, policy, view revision (of this device's view alone), as-of time, store epoch.
 * Opaque and authenticated: only the server that made it can read it.
 */
export type Token = string

/** Part of a repository a device holds. `everywhere`: all the user may read. */
export type Scope = { community: string } | 'mine' | 'everywhere'

/** Addresses of what a value had and the user may not see, each as keys from the outermost. */
export type Withheld = string[][]

type Settled = 'allow' | 'deny'

/** An answer that changes with the time: it holds from one moment until another, in milliseconds. */
export interface DerivedFor {
  is: Settled
  from?: number
  until?: number
}

/**
 * One thing of a view, as this user sees it. `derived` are answers to single actions that the engine could not give from
 * the view alone, because their evidence stays hidden; the user could have had them by asking.
 */
export interface Entry {
  k: EntityKey
  v: JsonObject
  missing?: Withheld
  derived?: { [action: string]: Settled | DerivedFor }
  /** Of a record. In an entry that is named as an access list, by a schema: of what is yet to be made of it. */
  acls?: AclOutcome
  /** The restricted community under whose key a device keeps it encrypted. */
  seal?: string
}

export type Op =
  | ({ op: 'put' } & Entry)
  /** Gone, or no longer shown: a view does not say which. */
  | { op: 'del'; k: EntityKey }

/** A proof that everything of a relation (within `where`) that can matter to this user is in the view. */
export interface ClosedRelation {
  relation: Relation
  /** `visible`: all that this user may know of. */
  where?: { id?: string; user?: UserId; community?: string; action?: string; visible?: true }
}

/** Until when answers from a scope are good without asking again. */
export interface Lease {
  scope: Scope
  until: number
}

export interface PullRequest {
  v: typeof PROTOCOL
  device: string
  /** Where the device's view stands; null for none. */
  cookie: Token | null
  subs: Scope[]
  have: { bundle: string | null; schema: number }
  /** Verdicts up to this number are stored on the device. */
  ackVerdicts: number
}

interface PullBody {
  next: Token
  serverNow: number
  closed: ClosedRelation[]
  leases: Lease[]
  /** Verdicts after `ackVerdicts`. Each is the same bytes wherever it is sent. */
  verdicts: Verdict[]
  /** The last intent of this device that the view contains the effects of. */
  lastN: number
  /** Keys (base64, 256 bits) of the seals in the view, by community. Held in memory only, never stored. */
  keys: { [community: string]: string }
}

export type PullResponse =
  /** Applies to a view that stands at `base` only. */
  | ({ t: 'patch'; base: Token; ops: Op[] } & PullBody)
  /** The whole view: whatever the device held is replaced. */
  | ({ t: 'reset'; entries: Entry[] } & PullBody)
  | { t: 'bundle_required'; hash: string }
  | { t: 'client_too_old'; min: number }
  | { t: 'auth' }

/** A command made on a device, to be decided by the server. Its number and idempotency key never change. */
export interface Intent {
  n: number
  idem: string
  /** The user it was made by. */
  actor: string
  action: string
  target: EntityKey
  args: IntentArgs
  /** Where the view stood; null if there was none. */
  base: Token | null
  predicted: Answer
  /** Numbers of earlier intents without which it makes no sense. */
  causes: number[]
  made: { wall: number }
}

export type IntentArgs =
  /** `create`: the record, and the community it goes to. */
  | { community: string; record: JsonObject; type?: string }
  /** `update` and `update_community`: each field with what the user saw before (`was`, left out where there was nothing). */
  | { set: FieldEdit[] }
  /** A transition, with the ids of requests it makes; `restore_community` and `leave`, which take nothing. */
  | { params?: JsonObject }
  /** `create_community` */
  | { title: string; type?: string; metadata?: JsonObject; settings?: { [address: string]: string } }
  /** `delete_community` */
  | { reason?: string }
  /** `invite`, `add_member`, `change_role` (of members of the community that is the target, as all that follow) */
  | { role: string | string[]; members: MemberArg[]; visible?: boolean; message?: string }
  /** `set_visibility` */
  | { visible: boolean; members: MemberArg[] }
  /** `remove_member` */
  | { members: MemberArg[] }
  /** `request_membership` */
  | { request: RecordId; message?: string }
  /** `allow` and `deny` (grants of a community). */
  | { role: string; actions: string[] }

/** Whom a change of members names; with the id of the request, where one is invited. */
export type MemberArg = ({ user: UserId } | { group: string } | { email: string }) & { request?: RecordId }

export type FieldEdit = { path: string | string[]; was?: Json } & ({ value: Json } | { remove: true })

export interface PushRequest {
  v: typeof PROTOCOL
  device: string
  /** In the order of their numbers, without gaps. At most 100. */
  intents: Intent[]
}

export interface PushResponse {
  verdicts: Verdict[]
  lastN: number
  /** Why the rest was not looked at. The device keeps it. */
  stop?: { n: number; code: 'gap' | 'idem_mismatch' | 'retry_later' | 'auth'; message: string }
}

export type VerdictCode =
  'denied' | 'not_found' | 'workflow' | 'precondition' | 'validation' | 'policy_changed' | 'expired' | 'cause_rejected'

/** The server's stored answer to one intent. */
export interface Verdict {
  n: number
  idem: string
  /** Where the device's view stood once it was decided. */
  at: Token
  /** `accepted_changed`: carried out on a record that had changed since the device saw it. */
  r: 'accepted' | 'accepted_changed' | 'rejected'
  code?: VerdictCode
  message?: string
  because?: Reason[]
  /** For `precondition`: the fields as they are now, where the user may see them. */
  theirs?: { path: string[]; value: Json }[]
  /** Whether it was decided on exactly what the device had seen. Then a prediction that differs is a fault of lictor. */
  sameBase: boolean
  /** What the device had predicted, to be held against it. */
  predicted?: Answer
}

// ---- the engine's part: Rust, `src/offline` ---------------------------------------------------------------------------

/** `engine.projectBase`: all of a view but its records. */
export interface ViewBase {
  entries: Entry[]
  closed: ClosedRelation[]
}

/** `engine.decide`: what an intent comes to. */
export type Decided =
  | { t: 'need'; wanted: Key[] }
  | {
      t: 'done'
      verdict: Pick<Verdict, 'r' | 'code' | 'message' | 'because' | 'theirs'>
      changes: import('../types.js').Change[]
      events: import('../types.js').Event[]
      notes: string[]
      revision?: string
    }

/** What is known about the time: it is not before `lo` and not after `hi`. */
export interface Clock {
  lo: number
  hi: number
}

/** `replica.can`: an answer from a device's view. */
export interface Prediction {
  decision: Answer
  reasons: Reason[]
  missing: Key[]
  remedies: import('../types.js').RemedyChange[][]
  conceal: boolean
  /** It rests on something the server has not confirmed. */
  speculative: boolean
  /** For `unknown`: what would settle it. */
  resolve?: 'online' | 'sync' | 'wait' | 'unlock'
  policy: string
}

/** A prediction with what comes of it. */
export interface Foreseen extends Prediction, Possible {}

/** `replica.rebase`: what came of replaying one pending intent. */
export interface Replayed {
  n: number
  predicted: Answer
  /** Whether its effects are shown. */
  applied: boolean
  /** Why not, if the engine would refuse it. */
  error?: { code: string; message: string; status: number; path?: string }
  /** The entities it changed. */
  touched: EntityKey[]
}
