/**
 * A whole view as lines, one part at a time: the entries are texts already, and no answer is put together out of them. A
 * part is what a device stores as it comes (`sync/parts.ts`).
 */

import { keyText } from '../../store/entities.js'
import type { Written } from '../../sync/parts.js'
import { pack } from '../../sync/parts.js'
import type { Projected } from './project.js'

const encoder = new TextEncoder()
const END = encoder.encode('\n')

/** `head` is what the view is as a whole; the last line tells that nothing is lacking. */
export function* linesOf(head: string, entries: readonly Projected[]): Generator<Uint8Array> {
  yield encoder.encode(`${head}\n`)
  let count = 0
  for (const [seal, list] of bySeal(entries)) {
    for (const { bytes } of pack(list, seal)) {
      count += 1
      yield bytes
      yield END
    }
  }
  yield encoder.encode(`{"t":"end","parts":${count}}\n`)
}

/** A body that is made as it is read. */
export function bodyOf(lines: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const steps = lines[Symbol.iterator]()
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = steps.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 1 },
  )
}

/** What is not sealed first; each in the order of keys as a device knows them. */
function bySeal(entries: readonly Projected[]): Map<string | undefined, Written[]> {
  const groups = new Map<string | undefined, Written[]>([[undefined, []]])
  for (const { k, seal, text } of entries) {
    const group = groups.get(seal) ?? []
    groups.set(seal, group)
    group.push({ key: keyText(k), text })
  }
  for (const group of groups.values()) group.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return groups
}
