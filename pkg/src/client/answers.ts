/** Questions, answered from memory. Each answer says where the view stands that it rests on, and how old that is. */

import type { Prediction, Scope, Token, ViewBase, Withheld } from '../sync/protocol.js'
import type { EntityKey, JsonObject, Key, Resource } from '../types.js'
import type { ViewClock } from './clock.js'
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

export interface Listing {
  ids: string[]
  /** Records that may belong to the list: the answer is not known here. */
  unknown: string[]
  /** Whether the device holds all of the scope. Otherwise there may be more on the server. */
  complete: boolean
}

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
  ) {}

  can(question: Question): Answered {
    return this.dated(this.session.replica.can(question, this.clock.bounds()), question.resource)
  }

  actions(resource: Resource): { [action: string]: Answered } {
    const answers = this.session.replica.actions(resource, this.clock.bounds())
    return Object.fromEntries(Object.entries(answers).map(([action, answer]) => [action, this.dated(answer, resource)]))
  }

  list(query: { action?: string; scope?: Scope; type?: string } = {}): Listing {
    const { ids, unknown } = this.session.replica.list(query)
    return { ids, unknown, complete: this.covers(query.scope ?? 'everywhere') }
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
    const { meta, locked, replica } = this.session
    // While something is locked a proof would turn it into "there is none".
    return { entries: replica.entries(), closed: locked.length === 0 ? (meta?.closed ?? []) : [] }
  }

  private dated(answer: Prediction, resource: Resource): Answered {
    const { meta, locked } = this.session
    const dated: Answered = { ...answer, token: meta?.token ?? null, age: this.clock.age() }
    // Before the first pull nothing is known.
    if (meta === null) return answer.decision === 'unknown' ? { ...dated, resolve: 'sync' } : dated
    if (locked.length === 0) return dated
    const behind = this.lockedOf(resource)
    if (behind === undefined) {
      return answer.decision === 'unknown' && answer.resolve !== 'wait' ? { ...dated, resolve: 'online' } : dated
    }
    // What would decide it lies locked on the disk, and comes back with the keys, which only the server has.
    const missing: Key[] = [{ relation: 'community', id: behind }]
    return { ...dated, decision: 'unknown', reasons: [], remedies: [], missing, conceal: false, resolve: 'online' }
  }

  /** A locked community that the question is about. */
  private lockedOf({ type, id, community, properties }: Resource): string | undefined {
    const { engine, locked } = this.session
    if (locked.length === 0) return undefined
    const named = [community, type === 'community' ? id : undefined]
    if (properties !== undefined && type === 'record') {
      const { primary, secondary } = engine.columns(properties)
      named.push(primary ?? undefined, ...secondary)
    }
    return locked.find((one) => named.includes(one))
  }

  private covers(scope: Scope): boolean {
    const { meta, locked } = this.session
    if (meta === null || locked.length > 0) return false
    const name = JSON.stringify(scope)
    return meta.subs.some((sub) => sub === 'everywhere' || JSON.stringify(sub) === name)
  }
}

/** What makes two answers the same for somebody who looks at them: not when they were given. */
export function essence({ decision, reasons, missing, remedies, conceal, speculative, resolve }: Prediction): unknown {
  return [decision, reasons, missing, remedies, conceal, speculative, resolve]
}
