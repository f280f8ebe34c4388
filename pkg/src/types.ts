/**
 * The contract between the engine and JavaScript: what goes in, what comes out.
 * Ids are opaque; times are ISO 8601 strings; revisions are opaque strings.
 * Nothing here decides anything: the engine (Rust, compiled to wasm) does.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** A user's id. `7` and `"7"` name the same user. */
export type UserId = number | string
export type CommunityId = string
export type RecordId = string
/** A position of a store. Opaque: compare for equality only. */
export type Revision = string

/** The words a policy document declares. Each shipped preset has its own, generated from its document. */
export interface Vocabulary {
  /** Of all machines, as are transitions and states. */
  action: string
  transition: string
  state: string
  role: string
  /** Actions of the document's own machine, where it has others: those of records in an index. */
  own?: string
}

/** Actions of records in an index. */
export type OwnAction<V extends Vocabulary> = V extends { own: infer A extends string } ? A : V['action']

/** Who asks. `anonymous` is everybody who is not signed in; `system` is the host's own process. */
export type Subject =
  | { type: 'anonymous'; id?: string; properties?: SubjectProperties }
  | { type: 'user'; id: UserId; properties?: SubjectProperties }
  | { type: 'system'; id?: string }

export interface SubjectProperties {
  /** Global roles the host vouches for. Given, they win over `facts.users[id].roles`. */
  roles?: readonly string[]
  /** System roles the host vouches for beside `any_user` and `authenticated_user` (for example `campus_user`). */
  system_roles?: readonly string[]
  /** Ids of secret links whose token the host has verified. What they are good for stands in the records. */
  links?: readonly string[]
}

/** What is asked about. Without `properties` the document is looked up in `facts.records` by `id`. */
export interface Resource {
  /** The key of a record type (those of machines too), or `community`. */
  type: 'record' | 'community' | (string & {})
  id?: string
  /** The record's document; its fields are read at the addresses the policy names. */
  properties?: JsonObject
  /** Addresses of fields that exist but were withheld from this document. They are unknown, never absent. */
  missing?: readonly string[]
  /** The community the question is put in: the path of a link, and where `create` would make what names no community. */
  community?: CommunityId
  /**
   * For `options` of type `member`: whose membership of `community`, as the facts have it. Left out: what can be done there
   * to nobody in particular (to invite, to add a group), and what only oneself can (to ask to join, to leave).
   */
  member?: { user: UserId } | { group: string }
}

export interface Evaluation<V extends Vocabulary = Vocabulary> {
  subject: Subject
  action: V['action'] | { name: V['action'] }
  resource: Resource
  /** For `explain`: whom it is explained to, if that is not the subject. To the host itself (`system`) nothing is concealed. */
  told?: Subject
}

/** What a missing fact is called: enough for a host to look it up. */
export type Key =
  | { relation: 'record'; id: RecordId; field?: string }
  | { relation: 'community'; id: CommunityId; field?: string }
  /** All communities. */
  | { relation: 'community' }
  | { relation: 'user'; id: string; field?: string }
  | { relation: 'membership'; where: { community?: CommunityId; user?: string } }
  | { relation: 'access'; where: { action?: string } }
  /** An access list; without an id, all of them. */
  | { relation: 'acl'; id?: string }
  /** The moment of the question: `facts.time`, from the host's clock. */
  | { relation: 'time' }

/** What a store holds. */
export type Relation = Exclude<Key['relation'], 'time'>

/** A proof that everything of a relation (within `where`) is given; only then is "not given" a "no". */
export interface Certificate {
  relation: Relation
  where?: { user?: UserId; community?: CommunityId; action?: string; id?: string; visible?: true }
}

export interface CommunityFact<V extends Vocabulary = Vocabulary> {
  title?: string
  type?: string
  metadata?: JsonObject
  /** Actions granted per role (and to the pseudo-roles `any` and `author`). Left out: unknown. */
  grants?: { [role in V['role'] | 'any' | 'author']?: readonly V['action'][] }
  /** What a host counted for one call, when `step` wanted it: whether there is any. */
  counted?: { guarded_records?: boolean; open_requests?: boolean }
  [key: string]: unknown
}

/** A membership of a user, or of everybody with a global role (`group`). */
export type MembershipFact<V extends Vocabulary = Vocabulary> = {
  community: CommunityId
  role: V['role'] | readonly V['role'][]
  /** Whether its member made it public. */
  visible?: boolean
  /** Of a pending one, whose role is a reserved word: what it would get, and the request it waits for. */
  as?: V['role'] | readonly V['role'][]
  request?: RecordId
} & ({ user: UserId; group?: never } | { group: string; user?: never })

/** An allow or deny row: `exclude: true` denies, and deny wins. Without `argument` it covers every argument. */
export type AccessRow = {
  action: string
  argument?: string | null
  exclude?: boolean
} & ({ user: UserId } | { role: string } | { system_role: string })

/**
 * What is known. Its words are the policy's, so data in a constant of its own says which words they are: `as const`, or
 * `satisfies FactsInput<RepositoryVocabulary>`.
 */
export interface FactsInput<V extends Vocabulary = Vocabulary> {
  revision?: Revision
  /** The moment of the question, in milliseconds since 1970: an engine has no clock. Left out: unknown. */
  time?: number
  users?: { [id: string]: { roles?: readonly string[]; [key: string]: unknown } }
  communities?: { [id: string]: CommunityFact<V> }
  memberships?: readonly MembershipFact<V>[]
  access?: readonly AccessRow[]
  /** Access lists by id. */
  acls?: { [id: string]: JsonObject }
  /** Instead of these, what they come to for one user; `engine.factsFor` says it. */
  acl_outcomes?: AclOutcomes
  /** The same lists as facts that were read before (`engine.facts`): then they are not read again. */
  lists?: import('./checker.js').Facts
  records?: { [id: string]: JsonObject }
  /** Addresses of fields a record has and these facts do not show, by the record's id. */
  withheld?: { [id: string]: readonly (string | readonly string[])[] }
  /** Certificates, or `true`: everything there is was given. `false` is as good as left out. */
  complete?: boolean | readonly Certificate[]
}

/** What holds of an operation: that a list allows it to the user, or denies it; with a question mark: perhaps. */
export type ListWord = 'allow' | 'deny' | 'allow?' | 'deny?'

/** By operation; of those that are left out, no list speaks to the user, and in `now` no more is known than otherwise. */
export type ListsSay = { [operation: string]: readonly ListWord[] }

/** What access lists come to for one user; of what is left out no list speaks. */
export interface AclOutcome {
  /** Whatever the record holds, in states that are not named. */
  any?: ListsSay
  /** The same in these states. */
  in?: { [state: string]: ListsSay }
  /** Of the record as it is, in its state, where that says more. */
  now?: { [state: string]: ListsSay }
}

/** What access lists come to for one user, of every record among the facts. They count for questions about this subject only. */
export interface AclOutcomes {
  /** Whom they concern; left out: those who are not signed in. */
  user?: UserId
  records?: { [id: RecordId]: AclOutcome }
  /** Of records that are yet to be made, by schema. */
  new?: { [schema: string]: AclOutcome }
}

export type Answer = 'allow' | 'deny' | 'unknown'

/** One condition of the rule and whether it holds. The list of codes is closed (see `src/terms/reason.rs`). */
export interface Reason {
  code: string
  holds: boolean | null
  /** Values that were asked for: words of a field, levels given on a record. */
  values?: string[]
  [detail: string]: Json | undefined
}

/** One thing that would have to become so. A remedy is a list of changes that together turn a deny into an allow. */
export interface RemedyChange {
  change: string
  /** The named field that would have to be another, or in which something would have to be given. */
  field?: string
  /** The address of the community's setting that would have to be another. */
  setting?: string
  /** What the field or setting would have to hold; the operation an access list would have to allow, or to deny no more. */
  value?: string
  /** When it is so: a day, as `2027-01-01`, or a moment, as `2027-01-01T12:00:00.000Z`. */
  until?: string
  [detail: string]: Json | undefined
}

/** What is allowed, and why. */
export interface Verdict {
  decision: Answer
  reasons: Reason[]
  /** For `unknown`: the facts that could settle it. Empty otherwise. */
  missing: Key[]
  /** The denial would reveal that something exists: answer it as not found. */
  conceal: boolean
  /** Content hash of the policy that decided. */
  policy: string
  revision?: Revision
}

/** The same, and what would change it. */
export interface Decision extends Verdict {
  /** For `deny`: the smallest sets of changes that would allow it. Empty otherwise. */
  remedies: RemedyChange[][]
}

/** What comes of an action, beside its decision. */
export interface Possible {
  /** Whether permission is there, were the record in the right state. */
  allowed: Answer
  /** Whether it can be done now: permission, state and guards. Parameters that are not known yet may still be refused. */
  executable: Answer
  /** What is in the way though permission is there. */
  blocked?: Refusal
  /** Parameters that must be given. */
  parameters?: string[]
  /** The roles it can be done with, where a member is given one. */
  roles?: string[]
  /** Facts that would tell what is not known of this. */
  wanted?: Key[]
}
/** A decision with what comes of it. */
export interface Choice extends Decision, Possible {}

export interface ExplanationNode {
  op: 'any' | 'all' | 'not' | 'if' | 'is' | 'always' | 'never' | 'named'
  value: Answer
  name?: string
  reason?: Reason
  children?: ExplanationNode[]
}
/** The whole rule; null where it may not be shown. */
export interface Explained {
  tree: ExplanationNode | null
}
/** A decision with the whole rule behind it. */
export interface Explanation extends Decision, Explained {}

export interface Who {
  /** Whether those who are not signed in may: everybody, unless `authenticated` says otherwise. */
  anyone: Answer
  /** Whether every signed-in user may. */
  authenticated: Answer
  /** Users known to the facts who may (or might). */
  users: { id: string; decision: Answer; reasons: Reason[] }[]
  missing: Key[]
  policy: string
}

/** What access lists say of a record. */
export interface ExplainedLists {
  matched: {
    id: string
    operation: string
    priority_group: string
    priority: number
    effect: 'allow' | 'deny'
    matches: Answer
    counts: Answer
    /** Null: those that stand in the record are withheld. */
    users: string[] | null
    roles: string[] | null
    system_roles: string[]
  }[]
  /** What an index keeps of those that count, for the host alone; null if the record gets no such field. */
  materialised: JsonObject[] | null
  missing: Key[]
}

/** Operations of access lists: those a subject may do to a record, and those of which it is not known. */
export interface Operations {
  allowed: string[]
  unknown: string[]
}

export type Scope = { community: CommunityId } | 'mine' | 'everywhere'

/** What is left of a rule when the subject is known: a condition over records. */
export type Where =
  | { op: 'always' }
  /** Any record may be meant; only the engine can tell, by looking at each. */
  | { op: 'open' }
  | { op: 'never' }
  | { op: 'unknown'; missing: Key[] }
  | { op: 'any' | 'all'; of: Where[] }
  | { op: 'not'; of: Where }
  | { op: 'state'; in: string[] }
  | { op: 'owner'; user: string }
  | { op: 'has_owner' }
  | { op: 'has_community' }
  /** Has one of these terms (`RecordColumns.terms`). `over`: more are meant than the rule allows; the engine sorts them out. */
  | { op: 'term'; in: string[]; over: boolean }
  | { op: 'community'; of: 'primary' | 'any' | 'every'; in: CommunityId[]; unknown: CommunityId[]; rest: Answer }

/** Records of one type that may be counted; see `engine.counting`. */
export interface Counting {
  type: string
  where: Where
}

export interface Filter {
  /** Three-valued test of one record; access lists may name it by its id. Throws for a record the policy cannot read. */
  answer(record: JsonObject, id?: RecordId): Answer
  /** `answer(record, id) === 'allow'`. */
  matches(record: JsonObject, id?: RecordId): boolean
  where: Where
  free(): void
}

import type { Refusal } from './operations.js'
export type * from './operations.js'

// ---- need algebra ----------------------------------------------------------------------------------------------------

/** `["id", 1]`, `["role", "x"]`, `["system_role", "any_user"]`, `["action", "name", argument?]`, `["community", id, role]`, `["link", id]`. */
export type NeedTuple = [string, ...(string | number)[]]

export interface PermissionQuery {
  provides: NeedTuple[]
  needs: NeedTuple[]
  excludes?: NeedTuple[]
  rows?: AccessRow[]
  allow_by_default?: boolean
}

// ---- resident --------------------------------------------------------------------------------------------------------

/** A row of an index: a plain number, valid for that index only. */
export type Row = number

/** Records with an `id` each, or records by id. */
export type IndexSource = Iterable<JsonObject> | { [id: string]: JsonObject }

export interface Index {
  readonly size: number
  /** The row of a record, or `undefined`. */
  row(id: RecordId): Row | undefined
  /** The row at a position, as `visible` gives positions. */
  at(position: number): Row
  id(row: Row): RecordId
  /** Bytes of the columns in wasm memory. */
  readonly bytes: number
  free(): void
}

export interface Visible {
  /** How many rows are allowed (not those that are unknown). */
  readonly count: number
  /** Positions (0-based, in the order given to `index`) of the allowed rows, from `offset`, at most `limit`. */
  page(offset: number, limit: number): Uint32Array
  rows(): Uint32Array
  /** One bit a position, least significant bit first. */
  bits(): Uint32Array
  /** As `bits`, set where the answer is unknown. */
  unknownBits(): Uint32Array
}

export interface Session<V extends Vocabulary = Vocabulary> {
  /** The action by name, or by its number in `engine.codes`. */
  can(row: Row, action: OwnAction<V> | number): Answer
  /** Bit i is set if action i (of `engine.policy.actions`) is allowed; `word` selects bits 32·word and up. */
  mask(row: Row, word?: number): number
  unknownMask(row: Row, word?: number): number
  /** As `can`, for a plain record that is in no index. */
  canRecord(record: JsonObject, action: OwnAction<V> | number): Answer
  /** The rows the subject may do the action to (`read` if none is named). */
  visible(index: Index, options?: OwnAction<V> | { action?: OwnAction<V>; scope?: Scope }): Visible
  free(): void
}

export type { MachineInfo, PolicyInfo, RecordTypeInfo } from './info.js'
