/** The client as an application meets it. What it says comes from memory; what it does is on the disk before it is said. */

import type { IntentArgs, Scope, ViewBase } from '../sync/protocol.js'
import type { Answer, EntityKey, JsonObject, Possible, Resource } from '../types.js'
import {
  essence,
  type Answered,
  type Answers,
  type Listing,
  type ListQuery,
  type Page,
  type PageQuery,
  type Question,
  type ShownRecord,
} from './answers.js'
import { draft, type Command } from './commands.js'
import type { Core } from './core.js'
import type { Kept } from './disk/disk.js'
import { dismiss } from './dismiss.js'
import { exportOutbox } from './disk/export.js'
import { unseen } from './disk/own.js'
import type { Environment } from './environment.js'
import { ClientError } from './errors.js'
import { numbersNow, type OutboxItem } from './queue.js'
import type { Listener, Status } from './status.js'
import type { Team } from './team.js'
import { secretsOf, type Secret, type Secrets } from './vault.js'
import type { Watches } from './watch.js'

/** What came of `do`. */
export interface Done {
  /** The number of the intent, for `dismiss` and `retry`. */
  n: number
  /** What it was done to; for something new, with the id it got. */
  target: EntityKey
  /** What the server will say, as far as this device knows. The server decides. */
  predicted: Answer
  /** It is on this device and survives a power cut. Whether it was sent is another thing: see `outbox`. */
  state: 'saved'
}

export interface ClientParts {
  core: Core
  answers: Answers
  watches: Watches
  team: Team
  env: Environment
  actor: string
}

export class Client {
  readonly #parts: ClientParts

  /** @internal Use `openClient`. */
  constructor(parts: ClientParts) {
    this.#parts = parts
  }

  // ---- questions -----------------------------------------------------------------------------------------------------

  /** Whether the user may, from what this device knows: allow and deny are what the server would say at `token`. */
  can(action: string, resource: Resource): Answered {
    return this.#parts.answers.can({ action, resource })
  }

  /** Every action at once. */
  actions(resource: Resource): { [action: string]: Answered } {
    return this.#parts.answers.actions(resource)
  }

  /**
   * The same, with what an interface shows of each: whether it can be done now, and what is in the way. Also of a membership:
   * `{ type: 'member', community, member: { user } }`, or without `member` of nobody in particular.
   */
  options(resource: Resource): { [action: string]: Answered & Possible } {
    return this.#parts.answers.options(resource)
  }

  /** Ids of the records the user may do something to (`read` if nothing is named), in order. */
  list(query: ListQuery = {}): Listing {
    return this.#parts.answers.list(query)
  }

  /** A record as it is shown, with what the user did to it and the server has not confirmed. */
  record(id: string): ShownRecord | undefined {
    return this.#parts.answers.record(id)
  }

  community(id: string): { value: JsonObject; missing: string[][] } | undefined {
    return this.#parts.answers.community(id)
  }

  /** Any entity of the view, as the server confirmed it. */
  entity(key: EntityKey): { value: JsonObject; missing: string[][] } | undefined {
    return this.#parts.answers.entity(key)
  }

  /** All of the view, as the server confirmed it, with what of it is proved to be everything. */
  view(): ViewBase {
    return this.#parts.answers.view()
  }

  // ---- commands ------------------------------------------------------------------------------------------------------

  /**
   * Records a command and shows its effect at once. Resolves when it is stored on this device. One that the engine
   * would refuse is recorded too, and not shown: the view may be old. Ask `can` first to spare the user a refusal.
   */
  do(command: Command): Promise<Done> {
    const { core, team } = this.#parts
    const { kept } = core.outbox
    return core.serial.run(async () => {
      core.mustBeOpen()
      const causes = numbersNow(command.causes ?? [], kept, core.outbox.kept)
      const { make, predicted } = draft(core, { ...command, causes }, this.#parts)
      const { n, target } = await this.#recorded(() => core.add(make))
      team.work()
      return { n, target, predicted, state: 'saved' }
    })
  }

  /** Everything done on this device and not dismissed, in order. The same list until something changes. */
  outbox(): readonly OutboxItem[] {
    return this.#parts.core.list()
  }

  /** Forgets an intent the server has decided. */
  async dismiss(n: number): Promise<void> {
    const { core } = this.#parts
    const { idem } = this.#item(n).intent
    await core.serial.run(() => dismiss(core, this.#decided(n, idem).intent))
  }

  /** Sends a refused intent again, with other arguments if given. The old one goes in the same transaction. */
  async retry(n: number, args?: IntentArgs): Promise<Done> {
    const { core, team } = this.#parts
    const { idem } = this.#item(n).intent
    return core.serial.run(async () => {
      const { intent, verdict } = this.#decided(n, idem)
      if (verdict?.r !== 'rejected') {
        throw new ClientError('no_intent', `intent ${n} was accepted; there is nothing to send again`)
      }
      const { action, target } = intent
      // What the user saw the first time is not what is there now: it is looked up again.
      const command = { action, target, args: args ?? unseen(intent.args) }
      const { make, predicted } = draft(core, command, this.#parts)
      const made = await this.#recorded(() => dismiss(core, intent, make))
      if (made === undefined) throw new ClientError('no_intent', `nothing was made in place of intent ${n}`)
      team.work()
      return { n: made.n, target, predicted, state: 'saved' }
    })
  }

  /** The user's own words that are on no server, as a JSON document to keep. */
  export(): string {
    return exportOutbox(this.#parts.core.outbox)
  }

  // ---- what an interface follows -------------------------------------------------------------------------------------

  status(): Status {
    return this.#parts.core.status.get()
  }

  /** Called when the status, the data or the outbox changed, or time may have changed an answer. Gives the function that ends it. */
  subscribe(listener: Listener): () => void {
    const { core, watches } = this.#parts
    const ends = [core.status.subscribe(listener), watches.keep()]
    return () => ends.forEach((end) => end())
  }

  /** Called when the answer to one question is another one than before, and only then. */
  watch(question: Question, listener: (answer: Answered) => void): () => void {
    const { answers, watches } = this.#parts
    return watches.add(() => answers.can(question), essence, listener)
  }

  /** As `can`, but the same object until the answer is another one (so `age` is of when it was first given). */
  current(question: Question): Answered {
    const { answers, watches } = this.#parts
    const key = `can ${JSON.stringify([question.action, question.resource])}`
    return watches.stable(key, this.status().version, () => answers.can(question), essence)
  }

  /** As `record`, but the same object until something in it is another. */
  currentRecord(id: string): ShownRecord | undefined {
    const { answers, watches } = this.#parts
    return watches.stable(
      `record ${id}`,
      this.status().version,
      () => answers.record(id),
      (shown) => shown ?? null,
    )
  }

  /** A page of `list`: the same object until something in it is another. */
  currentList(query: PageQuery = {}): Page {
    const { answers, watches } = this.#parts
    const { action, scope, type, first, page, size } = query
    const key = `list ${JSON.stringify([action, scope, type, first, page, size])}`
    return watches.stable(
      key,
      this.status().version,
      () => answers.page(query),
      (listed) => listed,
    )
  }

  // ---- the server ----------------------------------------------------------------------------------------------------

  /** Looks at once. Resolves when that is done, or cannot be done now: `status` says which. */
  sync(): Promise<void> {
    this.#parts.core.mustBeOpen()
    return this.#parts.team.sync()
  }

  /** The user signed in again: the queue that waited for it goes on. */
  signedIn(): void {
    this.#parts.team.signedIn()
  }

  /** Changes which part of the repository this device holds. */
  hold(subs: Scope[]): void {
    this.#parts.team.hold(subs)
  }

  // ---- restricted parts without the network --------------------------------------------------------------------------

  /**
   * Keeps the keys of restricted communities on this device, for `unlock` after a restart without the network. What is
   * given opens it from now on, and nothing else: so a passphrase is changed. Takes a second, which is its strength.
   */
  async protect(secrets: Secrets): Promise<void> {
    this.#parts.core.mustBeOpen()
    await this.#parts.core.protection.protect(secretsOf(secrets))
  }

  /** Opens what is locked, in all tabs. A wrong secret is an error (`secret`) and changes nothing. */
  async unlock(secret: Secret): Promise<void> {
    this.#parts.core.mustBeOpen()
    await this.#parts.core.protection.unlock(secret)
  }

  /** Keeps no keys on this device any more: after a restart restricted parts are locked until it is online. */
  async unprotect(): Promise<void> {
    this.#parts.core.mustBeOpen()
    await this.#parts.core.protection.unprotect()
  }

  // ---- the end -------------------------------------------------------------------------------------------------------

  /**
   * Signs the user out of this device: everything is deleted, in all tabs. Refused while there are changes the server
   * has not decided, unless forced. Hygiene, not protection from whoever owns the device: deleting is not erasing.
   */
  async logout({ force = false }: { force?: boolean } = {}): Promise<void> {
    const { core, team } = this.#parts
    await core.serial.run(async () => {
      core.mustBeOpen()
      await core.reloadOutbox()
      const { undecided } = core.status.get()
      if (undecided === 0 || force) return
      const what = undecided === 1 ? '1 change is' : `${undecided} changes are`
      const message = `${what} not decided by the server: sync, or keep what \`export()\` gives and use \`force: true\``
      throw new ClientError('undecided', message)
    })
    await team.logout()
  }

  /** Lets go of everything; what is stored stays. */
  close(): Promise<void> {
    return this.#parts.team.close()
  }

  /** If storing fails, nothing must be shown of it. */
  async #recorded<T>(store: () => Promise<T>): Promise<T> {
    try {
      return await store()
    } catch (error) {
      this.#parts.core.shown('outbox')
      throw error
    }
  }

  /** What the caller means by a number, before anything can give it to another intent. */
  #item(n: number): Kept {
    this.#parts.core.mustBeOpen()
    const kept = this.#parts.core.outbox.kept.find(({ intent }) => intent.n === n)
    if (kept === undefined) throw new ClientError('no_intent', `there is no intent ${n}`)
    return kept
  }

  #decided(n: number, idem: string): Kept {
    this.#parts.core.mustBeOpen()
    const kept = this.#parts.core.outbox.kept.find(({ intent }) => intent.idem === idem)
    if (kept === undefined) throw new ClientError('no_intent', `there is no intent ${n} any more`)
    if (kept.verdict !== undefined) return kept
    throw new ClientError('undecided', `the server has not decided intent ${n}: wait for its verdict`)
  }
}
