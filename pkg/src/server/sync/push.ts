/**
 * `POST /sync/push`: decides a device's intents, in their order, each once. What an intent does, its verdict, the
 * device's count and its view's rows are one write.
 */

import { MAX_ENTITY_BYTES, exceeds } from '../../store/json.js'
import type { HostStore } from '../../store/host.js'
import { StoreError } from '../../store/store.js'
import type { Intent, PushRequest, PushResponse, Verdict } from '../../sync/protocol.js'
import type { Revision } from '../../types.js'
import type { Attempt } from '../context.js'
import { Problem } from '../problem.js'
import type { Decision, Device, Stored } from './cells.js'
import { cellsOfRows, deviceKey, idemKey, isConflict, newDevice, readDevice, verdictKey } from './cells.js'
import type { Ruling, Sentence } from './judge.js'
import { judge, refuse } from './judge.js'
import { Standing } from './standing.js'
import { isBusy } from './steady.js'
import type { Owner, Sync } from './sync.js'
import { openFor, tokenFor } from './sync.js'

type Stop = NonNullable<PushResponse['stop']>

/** What came of one intent: a verdict's text (none if it was trimmed long ago), or why the batch stops. */
type Outcome = { verdict: string | null } | { stop: Stop['code']; message: string }

/** The answer's text; verdicts are put in as they are stored. */
export async function push(sync: Sync, owner: Owner, { intents }: PushRequest): Promise<string> {
  // One batch at a time: two that interleave would only disturb each other. Not under the store's lock, which
  // listeners may want for writes of their own.
  return sync.pushes.run(() => new Batch(sync, owner).run(intents))
}

class Batch {
  private readonly standing: Standing
  private readonly store: HostStore
  private device: Stored<Device> | null = null
  /** Where the store stands, if the device's rows are exact there. */
  private exact: Revision | null = null

  constructor(
    private readonly sync: Sync,
    private readonly owner: Owner,
  ) {
    this.standing = new Standing(sync)
    this.store = sync.context.store
  }

  async run(intents: Intent[]): Promise<string> {
    const verdicts: string[] = []
    let stop: Stop | undefined
    if ((await this.read()) === null) stop = { n: intents[0]?.n ?? 0, code: 'auth', message: FOREIGN }
    for (const intent of stop === undefined ? intents : []) {
      const outcome = await this.decide(intent)
      if ('stop' in outcome) {
        stop = { n: intent.n, code: outcome.stop, message: outcome.message }
        break
      }
      if (outcome.verdict !== null) verdicts.push(outcome.verdict)
    }
    this.standing.free()
    await this.settle()
    // Whose device it is not learns nothing about it.
    const lastN = stop?.message === FOREIGN ? 0 : (this.device?.value.lastN ?? 0)
    const rest = JSON.stringify({ lastN, ...(stop && { stop }) }).slice(1)
    return `{"verdicts":[${verdicts.join(',')}],${rest}`
  }

  /** The device as it stands, or null if it is another user's. */
  private async read(): Promise<Device | null> {
    this.device = await readDevice(this.store, this.owner.device)
    const device = this.device?.value ?? newDevice(this.owner.user)
    return device.user === this.owner.user ? device : null
  }

  private async decide(intent: Intent): Promise<Outcome> {
    try {
      return await this.transact(intent, (device) => this.rule(device, intent))
    } catch (error) {
      if (isBusy(error)) return { stop: 'retry_later', message: error.message }
      const [code, message] = refusalOf(error)
      // It would be refused however often it was sent, so it must not stand in the way of those behind it.
      return this.transact(intent, async (device) => refuse(device, code, message))
    }
  }

  private async transact(intent: Intent, rule: (device: Device) => Promise<Ruling>): Promise<Outcome> {
    let isWritten = true
    const outcome = await this.sync.context.transact(async () => {
      isWritten = true
      const attempt = await this.attempt(intent, rule)
      const { write, written } = attempt
      if (write === undefined) return attempt
      isWritten = false
      return {
        ...attempt,
        written: (revision: Revision) => {
          isWritten = true
          written?.(revision)
        },
      }
    })
    if (isWritten) return outcome
    return this.transact(intent, async (device) => refuse(device, 'workflow', 'nothing on the server carried it out'))
  }

  /** One attempt, from what the store holds now. */
  private async attempt(intent: Intent, rule: (device: Device) => Promise<Ruling>): Promise<Attempt<Outcome>> {
    const { user, device: id } = this.owner
    const device = await this.read()
    if (device === null) return { result: { stop: 'auth', message: FOREIGN } }
    const { n, idem, actor } = intent
    if (n <= device.lastN) return { result: await this.again(intent) }
    if (n > device.lastN + 1) {
      const message = `the next intent of this device is ${device.lastN + 1}; send that one first`
      return { result: { stop: 'gap', message } }
    }
    if (actor !== user) {
      const message = `it was made by another user; sign in as \`${actor}\` to send it`
      return { result: { stop: 'auth', message } }
    }
    const guards = [{ key: deviceKey(id), text: this.device?.text ?? null }]
    const former = await this.decisionOf(idem)
    if (former !== null) {
      const verdict = await this.verdictOf(intent, { ...device }, await this.sentenceOf(former), false)
      return this.written(intent, device, { ...device, lastN: n }, verdict, { guards }, null)
    }
    const ruling = await rule(device)
    const verdict = await this.verdictOf(intent, ruling.device, ruling.sentence, ruling.sameBase)
    const { r, code } = ruling.sentence
    const decision: Decision = { device: id, n, r, ...(code && { code }) }
    const cells = ruling.rows.size > 0 ? cellsOfRows(id, ruling.device.rev, ruling.rows) : []
    cells.push({ key: idemKey(user, idem), text: JSON.stringify(decision) })
    const write = {
      cells,
      guards: [...guards, { key: idemKey(user, idem), text: null }],
      ...(ruling.changes.length > 0 && { changes: ruling.changes }),
      ...(ruling.revision !== undefined && { expected: ruling.revision }),
    }
    const next = { ...ruling.device, lastN: n }
    return { ...this.written(intent, device, next, verdict, write, ruling), events: ruling.events }
  }

  /** The write that carries a verdict, and what is remembered once it is made. */
  private written(
    intent: Intent,
    before: Device,
    next: Device,
    verdict: string,
    write: NonNullable<Attempt<Outcome>['write']>,
    ruling: Ruling | null,
  ): Attempt<Outcome> {
    const { device: id } = this.owner
    const text = JSON.stringify(next)
    const cells = [
      ...(write.cells ?? []),
      { key: deviceKey(id), text },
      { key: verdictKey(id, intent.n), text: verdict },
    ]
    const written = (revision: Revision): void => {
      if (ruling !== null) this.follow(ruling, before, revision)
      this.device = { text, value: next }
      if (next.rev !== before.rev) this.sync.moved(id, next.rev)
      if (ruling?.sameBase && isMismatch(intent, ruling.sentence)) this.sync.mismatched()
    }
    return { result: { verdict }, write: { ...write, cells }, written }
  }

  /** Rows that were exact before a write that changed only records are exact after it. */
  private follow({ changes, revision, keepsExact }: Ruling, before: Device, now: Revision): void {
    if (changes.length === 0) return
    const wasExact = revision === this.exact || revision === before.at
    this.exact = wasExact && keepsExact ? now : null
    if (changes.every(({ key }) => key.relation === 'record')) this.standing.carry(now)
  }

  /** What a resent intent is answered. */
  private async again({ n, idem }: Intent): Promise<Outcome> {
    const { user, device } = this.owner
    const mismatch: Outcome = { stop: 'idem_mismatch', message: `intent ${n} was another one when it was decided` }
    const text = await this.store.cell(verdictKey(device, n))
    if (text !== null) return (JSON.parse(text) as Verdict).idem === idem ? { verdict: text } : mismatch
    // The device said that it has the verdict, and it was trimmed. That it is this intent is still known.
    const decision = await this.store.cell(idemKey(user, idem))
    const known = decision === null ? null : (JSON.parse(decision) as Decision)
    return known?.device === device && known.n === n ? { verdict: null } : mismatch
  }

  private async rule(device: Device, intent: Intent): Promise<Ruling> {
    const { context, options } = this.sync
    if (exceeds(JSON.stringify(intent.args), MAX_ENTITY_BYTES))
      return refuse(device, 'validation', `args: larger than ${MAX_ENTITY_BYTES} bytes; a record is at most that large`)
    for (const cause of intent.causes) {
      // One that was trimmed was acknowledged: a device that knew of its refusal would not build on it.
      const text = await this.store.cell(verdictKey(this.owner.device, cause))
      if (text !== null && (JSON.parse(text) as Verdict).r === 'rejected')
        return refuse(device, 'cause_rejected', `it rests on intent ${cause}, which was refused`)
    }
    const base = await openFor(this.sync, this.owner, intent.base)
    // It cannot be older than what it was made on, however wrong the device's clock is.
    const made = Math.max(intent.made.wall, base?.asOf ?? 0)
    if (context.now() - made > options.expires)
      return refuse(device, 'expired', 'it was made too long ago; look at it again, and make it anew if it still holds')
    return judge(this.sync, this.owner, this.standing, device, intent, base)
  }

  /** What this user's intent came to when another device, or another number, sent it. */
  private async decisionOf(idem: string): Promise<Decision | null> {
    const text = await this.store.cell(idemKey(this.owner.user, idem))
    return text === null ? null : (JSON.parse(text) as Decision)
  }

  private async sentenceOf({ device, n, r, code }: Decision): Promise<Sentence> {
    const text = await this.store.cell(verdictKey(device, n))
    if (text === null) return { r, ...(code && { code }) }
    const { message, because, theirs } = JSON.parse(text) as Verdict
    return {
      r,
      ...(code && { code }),
      ...(message && { message }),
      ...(because && { because }),
      ...(theirs && { theirs }),
    }
  }

  private async verdictOf(
    { n, idem, predicted }: Intent,
    { rev }: Device,
    sentence: Sentence,
    sameBase: boolean,
  ): Promise<string> {
    const { r, code, message, because, theirs } = sentence
    const at = await tokenFor(this.sync, this.owner, rev)
    const said = { ...(code && { code }), ...(message && { message }), ...(because && { because }) }
    const whole = JSON.stringify({ n, idem, at, r, ...said, ...(theirs && { theirs }), sameBase, predicted })
    // What others wrote may be larger than a verdict can hold. The device finds it in its view.
    return exceeds(whole, MAX_ENTITY_BYTES) ? JSON.stringify({ n, idem, at, r, ...said, sameBase, predicted }) : whole
  }

  /** Where the rows are exact is known only after the last write; it saves the next pull from looking at everything. */
  private async settle(): Promise<void> {
    if (this.exact === null || this.device === null || this.device.value.at === this.exact) return
    const key = deviceKey(this.owner.device)
    const text = JSON.stringify({ ...this.device.value, at: this.exact })
    try {
      await this.store.write({ cells: [{ key, text }], guards: [{ key, text: this.device.text }] })
    } catch (error) {
      // The verdicts stand whether or not this was noted.
      if (!isConflict(error)) this.sync.context.report(error)
    }
  }
}

const FOREIGN = 'this device belongs to another user; a device is of one user alone'

function isMismatch({ predicted }: Intent, { r }: Sentence): boolean {
  return predicted !== 'unknown' && predicted !== (r === 'rejected' ? 'deny' : 'allow')
}

/** Refusals of the store and of listeners that hold however often the intent is sent; anything else is thrown on. */
function refusalOf(error: unknown): [code: 'validation' | 'workflow', message: string] {
  if (error instanceof StoreError && error.code === 'invalid') return ['validation', error.message]
  if (error instanceof Problem && error.status >= 400 && error.status < 500) return ['workflow', error.message]
  throw error
}
