/** The words of a record that `q` finds it by: none of what not everybody is shown who may read it. */

import { type Policy, withheldIn, without } from '../../policy-words.js'
import type { ColumnSource } from '../host.js'
import type { JsonObject } from '../store.js'
import { wordsOf } from './words.js'

const places = new WeakMap<ColumnSource, Map<string, string[][]>>()

export function searchedWords(source: ColumnSource | undefined, record: JsonObject, type: string): string[] {
  // Otherwise whoever asks for a word would be told whether it stands where they may not look.
  const left = withheldFrom(source, type).reduce(without, record)
  return wordsOf(without(left, source?.unsearched ?? []))
}

function withheldFrom(source: ColumnSource | undefined, type: string): string[][] {
  if (source === undefined || !isEngine(source)) return []
  const known = places.get(source) ?? new Map<string, string[][]>()
  places.set(source, known)
  const found = known.get(type) ?? withheldIn(source, type)
  known.set(type, found)
  return found
}

/** A source that has the policy's document has its words too. */
function isEngine(source: ColumnSource): source is ColumnSource & Policy {
  return source.document !== undefined
}
