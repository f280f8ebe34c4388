/** Questions, answered from memory. Each answer says where the view stands that it rests on, and how old that is. */

import type { Prediction, Scope, Token, ViewBase, Withheld } from '../sync/protocol.js'
import type { EntityKey, JsonObject, Possible, Resource } from '../types.js'
import type { ViewClock } from './clock.js'
import { ClientError } from './errors.js'
import type { Session } from './session.js'

export interface Question {
  action: string
  resource: Resource
}

export interface Answered extends Prediction {
  /** Where the view stands; at this token the server says the same. Null before the first pull. */
  token: Token | null
  /** Milliseconds since the view was true; null before the first pull. */
  age: number | null
}

export interface ListQuery {
  action?: string
  scope?: Scope
  type?: string
  /** Those with this in a field come first: `open_access=true`. */
  first?: string
}

export interface Listing {
  ids: string[]
  /** Records that may belong to the list: the answer is not known here. */
  unknown: string[]
  /** Whether the device holds all of the scope. Otherwise there may be more on the server. */
  complete: boolean
}

/** One page of a list. */
export interface PageQuery extends ListQuery {
  /** From 1, which it is if not said. Behind the last page, the last: a list may become shorter under its reader. */
  page?: number
  /** Ids a page; 25 if not said. */
  size?: number
}

/** Its `ids` are those of the page; `unknown` is of the whole list. */
export interface Page extends Listing {
  page: number
  /** At least one, which may be empty. */
  pages: number
  /** How many ids the list has. */
  total: number
}

const SIZE = 25

export interface ShownRecord {
  value: JsonObject
  /** Addresses of what is there and not shown to this user. */
  missing: Withheld
  speculative: boolean
}

export class Answers {
  constructor(
    private readonly session: Session,
    private readonly clock: ViewClock,
    /** Whether this device keeps the keys of what is locked. */
    private readonly canUnlock: () => boolean,
  ) {}

  can(question: Question): Answered {
    return this.dated(this.session.replica.can(question, this.clock.bounds()))
  }

  actions(resource: Resource): { [action: string]: Answered } {
    const answers = this.session.replica.actions(resource, this.clock.bounds())
    return Object.fromEntries(Object.entries(answers).map(([action, answer]) => [action, this.dated(answer)]))
  }

  options(resource: Resource): { [action: string]: Answered & Possible } {
    const answers = this.session.replica.options(resource, this.clock.bounds())
    return Object.fromEntries(
      Object.entries(answers).map(([action, answer]) => [action, { ...answer, ...this.dated(answer) }]),
    )
  }

  list({ first, ...query }: ListQuery = {}): Listing {
    const { complete, ids, unknown } = this.session.replica.list(query)
    const has = (id: string): boolean => {
      const value = this.session.replica.record(id)?.value
      return value !== undefined && this.session.engine.columns(value).terms.includes(first ?? '')
    }
    const inOrder = first === undefined ? ids : [...ids.filter(has), ...ids.filter((id) => !has(id))]
    return { ids: inOrder, unknown, complete: complete && this.covers(query.scope ?? 'everywhere') }
  }

  page({ page = 1, size = SIZE, ...query }: PageQuery = {}): Page {
    checkCount('page', page)
    checkCount('size', size)
    const { ids, ...rest } = this.list(query)
    const total = ids.length
    const pages = Math.max(1, Math.ceil(total / size))
    const at = Math.min(page, pages)
    return { ...rest, ids: ids.slice((at - 1) * size, at * size), page: at, pages, total }
  }

  record(id: string): ShownRecord | undefined {
    return this.session.replica.record(id)
  }

  community(id: string): { value: JsonObject; missing: Withheld } | undefined {
    return this.entity({ relation: 'community', id })
  }

  /** An entity as the server has confirmed it. */
  entity(key: EntityKey): { value: JsonObject; missing: Withheld } | undefined {
    const entry = this.session.replica.confirmed(key)
    return entry && { value: entry.v, missing: entry.missing ?? [] }
  }

  view(): ViewBase {
    const { replica } = this.session
    return { entries: replica.entries(), closed: replica.closed() }
  }

  private dated(answer: Prediction): Answered {
    const { meta } = this.session
    const dated: Answered = { ...answer, token: meta?.token ?? null, age: this.clock.age() }
    // Before the first pull nothing is known.
    if (meta === null && answer.decision === 'unknown') return { ...dated, resolve: 'sync' }
    // Where no key is kept, the server alone has what opens it.
    return answer.resolve === 'unlock' && !this.canUnlock() ? { ...dated, resolve: 'online' } : dated
  }

  private covers(scope: Scope): boolean {
    const { meta } = this.session
    if (meta === null) return false
    const name = JSON.stringify(scope)
    return meta.subs.some((sub) => sub === 'everywhere' || JSON.stringify(sub) === name)
  }
}

function checkCount(path: string, value: unknown): void {
  if (Number.isSafeInteger(value) && Number(value) > 0) return
  throw new ClientError('invalid', `\`${path}\` must be a whole number above 0`, { path })
}

/** What makes two answers the same for somebody who looks at them: not when they were given. */
export function essence({ decision, reasons, missing, remedies, conceal, speculative, resolve }: Prediction): unknown {
  return [decision, reasons, missing, remedies, conceal, speculative, resolve]
}
