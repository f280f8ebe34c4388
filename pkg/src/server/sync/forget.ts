/** Letting go of a device's view, and of what nobody needs any more. Verdicts stay as long as a device may ask for them. */

import type { HostStore, Write } from '../../store/host.js'
import type { Job } from '../context.js'
import type { Device, Row, Stored } from './cells.js'
import {
  DEVICES,
  deviceKey,
  isConflict,
  movedPrefix,
  proofsKey,
  readDevice,
  rowPrefix,
  verdictKey,
  verdictPrefix,
} from './cells.js'
import { DAY } from './options.js'
import type { Sync } from './sync.js'
import { peek } from './tokens.js'

const BATCH = 500

/**
 * Forgets what a device was shown. Its count of intents and its verdicts stay: an intent that is sent again must not be
 * carried out twice. Whatever it holds a cookie for is answered with everything anew.
 */
export async function forgetView(sync: Sync, device: string, stored: Stored<Device>): Promise<number> {
  const { store } = sync.context
  const rev = stored.value.rev + 1
  const fresh = { rev, ground: rev, floor: rev, at: null, asked: '', base: '', out: true as const }
  const text = stored.value.out ? stored.text : JSON.stringify({ ...stored.value, ...fresh })
  const key = deviceKey(device)
  if (text !== stored.text) {
    const cells = [
      { key, text },
      { key: proofsKey(device), text: null },
    ]
    await store.write({ cells, guards: [{ key, text: stored.text }] })
  }
  const guard = { key, text }
  await removeCells(store, movedPrefix(device), () => true, guard)
  return removeCells(store, rowPrefix(device), () => true, guard)
}

/** What the server does now and then: trims what is old and known to be of no use. */
export function trimming(sync: Sync): Job {
  return {
    name: 'sync',
    async run() {
      const { store } = sync.context
      let count = 0
      let after: string | undefined
      do {
        const page = await store.cells(DEVICES, { limit: BATCH, ...(after !== undefined && { after }) })
        for (const { key } of page) count += await trimDevice(sync, key.slice(DEVICES.length))
        after = page.length < BATCH ? undefined : page.at(-1)?.key
      } while (after !== undefined)
      return count
    },
  }
}

async function trimDevice(sync: Sync, id: string): Promise<number> {
  const { context, options } = sync
  const stored = await readDevice(context.store, id)
  if (stored === null) return 0
  const now = context.now()
  try {
    const verdicts = await trimVerdicts(context.store, id, stored.value.acked, now - options.keep)
    const isSilent = stored.value.asked !== '' && now / DAY - stored.value.seen > options.silent / DAY
    if (isSilent || stored.value.out) return verdicts + (await forgetView(sync, id, stored))
    return verdicts + (await trimRows(context.store, id, stored, now - options.keep))
  } catch (error) {
    // The device is busy; there is another time.
    if (isConflict(error)) return 0
    throw error
  }
}

/** Verdicts that the device has, and that are old. They are in order, so the first one that stays ends it. */
async function trimVerdicts(store: HostStore, device: string, acked: number, before: number): Promise<number> {
  const last = verdictKey(device, acked)
  return removeCells(store, verdictPrefix(device), (key, text) => {
    const { at } = JSON.parse(text) as { at: string }
    return key <= last && (peek(at)?.asOf ?? Infinity) < before
  })
}

/** Traces of what left the view. A device that slept through it gets everything anew. */
async function trimRows(store: HostStore, device: string, stored: Stored<Device>, before: number): Promise<number> {
  const cells = await store.cells(rowPrefix(device))
  const old = cells.flatMap(({ key, text }) => {
    const { gone = Infinity, r } = JSON.parse(text) as Row
    return gone < before ? [{ key, r }] : []
  })
  if (old.length === 0) return 0
  const floor = Math.max(stored.value.floor, ...old.map(({ r }) => r))
  const key = deviceKey(device)
  await store.write({
    cells: [
      { key, text: JSON.stringify({ ...stored.value, floor }) },
      ...old.map((row) => ({ key: row.key, text: null })),
    ],
    guards: [{ key, text: stored.text }],
  })
  return old.length
}

/** Removes cells from the first on, as long as they are to go; stops with a conflict if `guard` no longer stands. */
async function removeCells(
  store: HostStore,
  prefix: string,
  goes: (key: string, text: string) => boolean,
  guard?: { key: string; text: string | null },
): Promise<number> {
  let count = 0
  for (;;) {
    const page = await store.cells(prefix, { limit: BATCH })
    const stays = page.findIndex(({ key, text }) => !goes(key, text))
    const going = stays < 0 ? page : page.slice(0, stays)
    if (going.length === 0) return count
    const write: Write = { cells: going.map(({ key }) => ({ key, text: null })) }
    if (guard !== undefined) write.guards = [guard]
    await store.write(write)
    count += going.length
    if (stays >= 0) return count
  }
}
