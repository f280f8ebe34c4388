/** What every route of the server builds on. `context/make.ts` makes it; `server/sync` uses it as the REST routes do. */

import type { Context } from 'hono'
import type { SyncEngine } from '../sync/engine.js'
import type { HostStore, Write } from '../store/host.js'
import type { Call, Event, FactsInput, Json, Key, Revision, StepResult, Subject } from '../types.js'

export interface Limits {
  /** Bytes of a request's body. */
  body: number
  /** Bytes of a push. */
  push: number
  /** Hits of a list's page. */
  page: number
  /** Entries of a batch (evaluations, intents). */
  bulk: number
  /** Levels of nesting in a body. */
  depth: number
}

/** What an engine call came to at facts it found sufficient. */
export interface Settled<T> {
  value: T
  facts: FactsInput
  revision: Revision
}

/** An answer, and what it still lacks. Nothing missing: it is final. */
export interface Asked<T> {
  value: T
  missing: Key[]
}

/** `step` when it needs no more. */
export type Done = Extract<StepResult, { t: 'done' }>

/** One attempt at a write: what to write, who hears of it, what to answer. */
export interface Attempt<T> {
  result: T
  /** Left out: nothing is written and nobody hears anything. */
  write?: Write
  events?: Event[]
  /** Hears where the store stands once it is written; not called if a listener kept it from being written. */
  written?: (revision: Revision) => void
}

/** Secret links of records, as people hold them. The engine knows links by their ids; what they are good for stands in the records. */
export interface SecretLinks {
  /** The id of the link that a token (`?token=`) is for; null for one that is for none. */
  resolve(token: string, request: Request): string | null | Promise<string | null>
  /** The token of a link that was made just now, for whoever made it. */
  token?(link: string): string | Promise<string>
}

export interface ServerContext {
  readonly engine: SyncEngine
  readonly store: HostStore
  /** Names this repository in tokens. */
  readonly tenant: string
  readonly limits: Limits
  /** The path all routes stand under: empty, or `/api` without a slash at its end. */
  readonly base: string
  /** How tokens of secret links are read, and made. Left out: nobody comes by a link. */
  readonly links?: SecretLinks
  /** Milliseconds since 1970. */
  now(): number
  /** The key of tokens and cookies: the host's, or one made once and kept in the store. */
  secret(): Promise<Uint8Array<ArrayBuffer>>
  /** Who asks. Anonymous if the host's `authenticate` gives null; throws the Response it gives. Asked once a request. */
  subject(c: Context): Promise<Subject>
  /** The body as JSON; a Problem if it is too large, no JSON, nested too deep, or of another media type. */
  json(c: Context, options?: { limit?: number }): Promise<Json>
  /** Facts from the store, at one revision. */
  facts(wanted: Key[]): Promise<FactsInput>
  /**
   * Asks with facts from the store until nothing is missing: at most 3 rounds, each read at one revision. `start` are
   * facts known to be needed, which saves a round.
   */
  settle<T>(ask: (facts: FactsInput) => Asked<T>, start?: Key[]): Promise<Settled<T>>
  /** `engine.step`, settled. */
  resolve(call: Call, start?: Key[]): Promise<Settled<Done>>
  /**
   * Runs an attempt, tells listeners of what is about to happen, writes, tells listeners of what has happened. On a
   * conflict the attempt is made anew, at most 3 times in all; then Problem 503 `retry_later`.
   */
  transact<T>(attempt: () => Promise<Attempt<T>>): Promise<T>
  /** `resolve` and write what it comes to. A refusal is a result, not an error. `extra` writes along (cells, guards). */
  act(call: Call, extra?: (done: Done) => Pick<Write, 'cells' | 'guards'>): Promise<Done>
  /** Hears of each revision, by whoever wrote it. Ends with the handler. */
  onChanged(listener: (revision: Revision) => void): () => void
  /** Tells the host of a fault nobody foresaw. */
  report(error: unknown): void
  /** Adds scheduled work; see `housekeeping.ts`. */
  schedule(job: Job): void
}

/** Scheduled work. Running it twice does what running it once does. */
export interface Job {
  name: string
  /** Does what is due and says how much that was, or each thing by itself. */
  run(context: ServerContext): Promise<number | Work>
}

/** What a job did. */
export interface Work {
  done: number
  what: string[]
  /** What is due and could not be done, each with the reason. */
  failed: string[]
}
