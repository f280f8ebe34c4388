/** A policy that comes in a signed bundle, for commands that are told whose bundles to take. */

import { LictorError } from '../errors.js'
import type { Bundle, TrustedKey } from '../tools/bundle.js'
import type { HostStore } from '../store/host.js'
import { usage } from './failure.js'
import { readText } from './files.js'
import { openStore } from './store.js'

/** As much text as the tools read. */
const MAX_BYTES = 33_554_432

/** Lines of KEY, or of KEY and the moment it ends. */
export async function readBundle(file: string, trusted: string): Promise<Bundle> {
  const lines = readText(trusted)
    .split('\n')
    .map((line, i) => ({ words: line.trim().split(/\s+/), line: i + 1 }))
    .filter(({ words: [key = ''] }) => key !== '' && !key.startsWith('#'))
  const keys = lines.map(({ words: [key = '', until, ...rest], line }): TrustedKey => {
    if (rest.length > 0) throw usage(`line ${line} of \`${trusted}\` is not a key, or a key and the moment it ends`)
    return until === undefined ? key : { key, until }
  })
  const { openBundle } = await import('../tools/entry/node.js')
  try {
    return await openBundle(readText(file, MAX_BYTES), { trusted: keys })
  } catch (error) {
    const [, at] = (error instanceof LictorError && /^trusted\[(\d+)\]/.exec(error.path)) || []
    if (at === undefined || !(error instanceof LictorError)) throw error
    throw usage(`line ${lines[Number(at)]?.line} of \`${trusted}\`: ${error.faults[0]?.message}`)
  }
}

/** Takes it for a store that is there, before anything in it is made anew for its policy. */
export async function takeFor(place: string, bundle: Bundle): Promise<void> {
  const store: HostStore = await openStore(place)
  try {
    await bundle.take(store)
  } finally {
    await store.close()
  }
}
