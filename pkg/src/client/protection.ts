/**
 * Whether this device can be unlocked without the network: the vault on the disk, kept in step with the keys that pulls
 * bring. A key that a pull no longer names goes before anything else is written, so that no secret opens what was lost.
 */

import type { Core } from './core.js'
import type { Keys } from './disk/disk.js'
import { ClientError, isDisk, textOf } from './errors.js'
import { checkSecrets, keepKeys, makeVault, openVault, vaultOf, type Secret, type Vault } from './vault.js'

export class Protection {
  /** As it was last read: after a clearing it is put back. */
  private row: unknown

  constructor(
    private readonly core: Core,
    private readonly options: { iterations: number; newId: () => string },
  ) {}

  /** Whether a secret would open something that is locked. */
  get opens(): boolean {
    const { locked } = this.core.session
    return vaultOf(this.row)?.keys.some(({ community }) => locked.includes(community)) ?? false
  }

  async load(): Promise<void> {
    this.hold(await this.core.strict(() => this.core.disk.outbox.vault()))
  }

  // ---- what a user does ----------------------------------------------------------------------------------------------

  async protect(secrets: Secret[]): Promise<void> {
    const { core } = this
    checkSecrets(secrets)
    // Slow by design, so not where everything else waits for it.
    const vault = await makeVault(this.options.newId(), secrets, this.options.iterations)
    await core.serial.run(async () => {
      core.mustBeOpen()
      const { locked } = core.session
      if (locked.length > 0) {
        const names = locked.map((one) => `\`${one}\``).join(', ')
        throw new ClientError('locked', `${names} cannot be read now: unlock this device or go online, then protect it`)
      }
      const whole = await keepKeys(vault, core.keys)
      await this.write(() => whole)
    })
  }

  async unlock(secret: Secret): Promise<void> {
    const { core } = this
    await core.serial.run(() => this.load())
    const vault = vaultOf(this.row)
    if (vault === null) throw new ClientError('unprotected', 'this device keeps no keys: go online, then `protect` it')
    const { keys, raised } = await openVault(vault, secret, this.options.iterations)
    await core.serial.run(async () => {
      core.mustBeOpen()
      await this.open(keys)
      core.tell({ t: 'keys', keys })
      if (raised === undefined) return
      const dearer = ({ locks }: Vault): Partial<Vault> => ({
        locks: locks.map((one) => (one.way === raised.way ? raised : one)),
      })
      // It is open. What could not be made dearer now is made so the next time.
      await this.write(ofSame(vault, dearer)).catch(() => {})
    })
  }

  /** Nothing opens this device without the network any more. */
  async unprotect(): Promise<void> {
    const { core } = this
    await core.serial.run(async () => {
      core.mustBeOpen()
      await this.write(() => undefined)
    })
  }

  // ---- what follows --------------------------------------------------------------------------------------------------

  /** Keys from a vault, of this tab or another: they open what is locked, and replace nothing that a pull brought. */
  async open(keys: Keys): Promise<void> {
    const { core } = this
    const wanted = Object.entries(keys).filter(
      ([one]) => core.session.locked.includes(one) && !Object.hasOwn(core.keys, one),
    )
    await core.unlock(Object.fromEntries(wanted))
  }

  /**
   * Exactly these keys are kept from now on: those of the view. For whoever leads, and before the view is written. What
   * could not be written is tried again with the next pull.
   */
  async keep(keys: Keys): Promise<void> {
    try {
      await this.load()
      const kept = vaultOf(this.row)?.keys.map(({ community }) => community) ?? []
      const left = Object.fromEntries(Object.entries(keys).filter(([one]) => kept.includes(one)))
      // A full disk may have no room for new ones; that must not keep the old ones from going.
      if (kept.some((one) => !Object.hasOwn(keys, one))) await this.bring(left)
      await this.bring(keys)
    } catch (error) {
      if (isDisk(error, 'fenced')) throw error
      this.core.status.set({ problem: `the keys of this device could not be stored: ${textOf(error)}` })
    }
  }

  private async bring(keys: Keys): Promise<void> {
    for (;;) {
      const { row } = this
      if (row === undefined) return
      const vault = vaultOf(row)
      // Damaged, it opens nothing, and must not stay for somebody who mends it.
      const next = vault === null ? null : await keepKeys(vault, keys)
      if (next !== null && next === vault) return
      const change = vault && next ? ofSame(vault, () => ({ keys: next.keys })) : () => undefined
      const written = await this.write(change, this.core.fence)
      // Another tab has protected it anew meanwhile: then it is that vault that must fit.
      if (vaultOf(written)?.id === vault?.id) return
    }
  }

  /** Another tab changed the vault, with the keys it knew of. */
  async changed(leads: boolean): Promise<void> {
    await this.load()
    const { session, keys } = this.core
    if (!leads || session.meta === null || session.locked.length > 0) return
    await this.keep(keys).catch((error: unknown) => {
      // Whoever leads now has heard it too.
      if (!isDisk(error, 'fenced')) throw error
    })
  }

  /** The disk was cleared under an open page: what it held of this is written again, if it can be. */
  async restore(): Promise<void> {
    const { row } = this
    // The user's work is written next, and must not fail for this.
    if (row !== undefined) await this.core.disk.outbox.changeVault((now) => now ?? row).catch(() => {})
  }

  forget(): void {
    this.hold(undefined)
  }

  private async write(change: (now: unknown) => unknown, fence?: number): Promise<unknown> {
    let after: unknown
    const changing = (now: unknown): unknown => (after = change(now))
    await this.core.strict(() => this.core.disk.outbox.changeVault(changing, fence))
    this.hold(after)
    this.core.tell({ t: 'vault' })
    return after
  }

  private hold(row: unknown): void {
    this.row = row
    this.core.status.set({ protection: vaultOf(row)?.locks.map(({ way }) => way) ?? [] })
  }
}

/** A change of one vault; another one in its place stays as it is. */
function ofSame({ id }: Vault, change: (vault: Vault) => Partial<Vault>): (now: unknown) => unknown {
  return (now) => {
    const vault = vaultOf(now)
    return vault?.id === id ? { ...vault, ...change(vault) } : now
  }
}
