/** Operations: what `engine.step` is asked to do, and what comes of it. */

import type {
  Answer,
  CommunityId,
  Decision,
  Json,
  JsonObject,
  Key,
  RecordId,
  Resource,
  Revision,
  Subject,
  UserId,
  Vocabulary,
} from './types.js'

export type FieldChange = { path: string | string[]; value: Json } | { path: string | string[]; remove: true }

export type Call<V extends Vocabulary = Vocabulary> =
  | { do: 'read'; subject: Subject; resource: Resource; links?: LinkOptions }
  | { do: 'read_community'; subject: Subject; id: CommunityId; base?: string }
  | { do: 'list_communities'; subject: Subject; base?: string }
  | {
      do: 'create'
      subject: Subject
      type?: string
      id: RecordId
      /** Left out: the one the document names, or none where its type lets it. */
      community?: CommunityId
      record: JsonObject
      links?: LinkOptions
    }
  | { do: 'update'; subject: Subject; resource: Resource; set: FieldChange[] | JsonObject }
  | {
      do: 'transition'
      subject: Subject
      resource: Resource
      transition: V['transition']
      params?: TransitionParams
      links?: LinkOptions
    }
  | {
      do: 'create_community'
      subject: Subject
      id: CommunityId
      title: string
      type?: string
      metadata?: JsonObject
      /** Words by the addresses of settings: `{ 'access.visibility': 'restricted' }`; a template's, for example. */
      settings?: { [address: string]: string }
      via?: 'api' | 'command-line'
    }
  /** A community from elsewhere: its settings are those of the variant that is named, which is never guessed. */
  | {
      do: 'import_community'
      subject: Subject
      id: CommunityId
      title: string
      type?: string
      metadata?: JsonObject
      settings?: { [address: string]: string }
      variant: string
      via?: 'api' | 'command-line'
    }
  | {
      do: 'allow' | 'deny'
      subject: Subject
      community: CommunityId
      role: V['role'] | 'any' | 'author'
      actions: V['action'][]
    }
  /** Settings, title and description (a title alone is a renaming); grants and deletion have calls of their own. */
  | { do: 'update_community'; subject: Subject; id: CommunityId; set: FieldChange[] | JsonObject }
  | { do: 'delete_community'; subject: Subject; id: CommunityId; reason?: string }
  | { do: 'restore_community'; subject: Subject; id: CommunityId }
  | { do: 'list_members'; subject: Subject; community: CommunityId }
  | { do: 'create_acl' | 'update_acl'; subject: Subject; id: string; acl: JsonObject }
  | { do: 'delete_acl' | 'read_acl'; subject: Subject; id: string }
  | { do: 'list_acls'; subject: Subject }
  | MemberCall<V>

/** A change of members: of all that are named, or of none. At most 100 at once. */
export type MemberCall<V extends Vocabulary = Vocabulary> = {
  subject: Subject
  community: CommunityId
} & MemberChange<V>

/** What is done to members. A membership begins private; its own member makes it public. */
export type MemberChange<V extends Vocabulary = Vocabulary> =
  /** Each waits for a request, whose id comes with the call. */
  | { do: 'invite'; role: Roles<V>; members: Invited[]; visible?: boolean; message?: string }
  | { do: 'add_member'; role: Roles<V>; members: MemberName[]; visible?: boolean }
  | { do: 'change_role'; role: Roles<V>; members: MemberName[] }
  | { do: 'set_visibility'; visible: boolean; members: MemberName[] }
  | { do: 'remove_member'; members: MemberName[] }
  /** The subject's own membership ends. */
  | { do: 'leave' }
  /** The subject asks to join. */
  | { do: 'request_membership'; request: RecordId; message?: string }

type Roles<V extends Vocabulary> = V['role'] | V['role'][]

export type Invited = MemberName & { request?: RecordId }

/** Whom a call about members names: a user, everybody with a global role, or an address (which is never a member). */
export type MemberName = { user: UserId } | { group: string } | { email: string }

/**
 * Parameters of a transition. Those its effect reads are named here; a policy may require others, which listeners hear.
 */
export type TransitionParams = JsonObject & {
  /** The id of the request to be made: a review, an inclusion, a request for access. */
  request?: RecordId
  /** Where a record is submitted or included, or what it leaves. */
  community?: CommunityId
  /** To be reviewed, though it could be published at once. */
  review?: boolean
  message?: string
  reason?: string
  /** To whom something on a record is given, or from whom it is taken. */
  subject?: { type: 'user' | 'role' | 'system_role'; id: UserId }
  /** How much is given. */
  permission?: string
  /** The id of a secret link. */
  link?: string
  /** When a link ends: a date, a time, or milliseconds since 1970. */
  expires_at?: string | number | null
}

export interface LinkOptions {
  /** Prefix of every link, for example `https://repo.example`. */
  base?: string
  /** Links the host's own function made; kept. */
  links?: { [name: string]: Json }
  /** The path of records under no community that may be named: `/records/{id}`. Left out: they have no address. */
  item?: string
}

export interface RecordView {
  id: RecordId
  record: JsonObject
  /** Addresses of what the record has and the subject may not see: communities it may not know of. */
  missing?: string[][]
  actions: { [action: string]: Answer }
  links: { self?: string; transitions?: { [name: string]: string }; [name: string]: Json | undefined }
}

/** A community as one subject sees it. */
export interface CommunityView {
  id: CommunityId
  title: string
  /** The label of its type. */
  type: string
  metadata: JsonObject
  links: { self: string }
  /** Who deleted it, when and why, if it is. */
  deletion?: { status: string; at?: number; by?: UserId; reason?: string }
  /** Who may do what, by the action's name in access rows; only for those who may see it. */
  actions?: { [action: string]: string[] }
  /** Its settings, each at its address (`access.visibility`): what holds, said or not. */
  [setting: string]: Json | undefined
}

/** A membership as one subject sees it. Of a public one nobody but members is told more than whose it is. */
export type MemberView<V extends Vocabulary = Vocabulary> = {
  /** Of a pending one, those it would get. */
  roles?: V['role'][]
  /** Whether its member made it public. */
  visible?: boolean
  status?: 'active' | 'invited' | 'applied'
  /** The request a pending one waits for. */
  request?: RecordId
  /** What the subject may do to it now; `roles` are those it could be given. */
  permissions?: {
    can_leave: boolean
    can_remove: boolean
    can_change_role: boolean
    can_change_visibility: boolean
    roles: V['role'][]
  }
} & ({ user: string; group?: never } | { group: string; user?: never })

/** What the host must write. `del` removes the whole entity. */
export type Change = { op: 'put'; key: EntityKey; value: Json } | { op: 'del'; key: EntityKey }

/** One stored entity. */
export type EntityKey =
  | { relation: 'record'; id: RecordId }
  | { relation: 'community'; id: CommunityId }
  | { relation: 'user'; id: string }
  | { relation: 'membership'; community: CommunityId; user: string; group?: never }
  | { relation: 'membership'; community: CommunityId; group: string; user?: never }
  | { relation: 'access'; id: string }
  | { relation: 'acl'; id: string }

/** What listeners hear. */
export interface Event {
  name: string
  subject: Subject
  resource: { type: string; id: string }
  payload: JsonObject
  /** False: the change is not written unless a listener commits it (compat presets). */
  commit: boolean
}

export interface Refusal {
  code: string
  message: string
  /** The HTTP status a door answers with. */
  status: number
  path?: string
}

export type StepResult<V extends Vocabulary = Vocabulary> =
  | { t: 'need'; wanted: Key[] }
  | {
      t: 'done'
      outcome: 'ok' | 'refused'
      status: number
      error?: Refusal
      decision?: Decision
      changes: Change[]
      events: Event[]
      view?: RecordView
      community?: CommunityView
      communities?: CommunityView[]
      members?: MemberView<V>[]
      acl?: JsonObject
      /** The access lists the subject may manage. */
      acls?: JsonObject[]
      /** Remarks such as "curator has approve already"; nothing went wrong. */
      notes: string[]
      revision?: Revision
    }
