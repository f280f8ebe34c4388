/**
 * The words of a text, for `q` of lists. Every store takes them from here and compares them as plain text, so that no
 * database's own idea of a letter decides what is found.
 */

import type { Json } from '../store.js'
import { invalid } from '../json.js'

/** Words of one record that are kept; what is beyond is not found by `q`. */
export const MAX_WORDS = 2000
/** Longer words are cut, in records and in questions alike. */
const MAX_LENGTH = 64
/** A question of more words is a text, not a question. */
const MAX_ASKED = 32

// Marks belong to their letters: without them words of many scripts would fall apart.
const WORD = /[\p{L}\p{N}\p{M}]+/gu

/** The distinct words of all texts in a document, in the order in which they come. */
export function wordsOf(document: Json): string[] {
  const words = new Set<string>()
  gather(document, words)
  return [...words]
}

/** The words asked for; none if `q` holds no letter and no digit, and then it asks for nothing. */
export function wordsOfQuery(q: string): string[] {
  if (typeof q !== 'string') throw invalid('query.q', 'is not text')
  const words = [...new Set(split(q))]
  if (words.length > MAX_ASKED) throw invalid('query.q', `has more than ${MAX_ASKED} words`)
  return words
}

function gather(value: Json, words: Set<string>): void {
  if (words.size >= MAX_WORDS) return
  if (typeof value === 'string') {
    for (const word of split(value)) {
      words.add(word)
      if (words.size >= MAX_WORDS) return
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) gather(inner, words)
  }
}

function split(text: string): string[] {
  // Composed before and after: lower case can take a letter apart, and one word must have one spelling.
  const found = text.normalize('NFC').toLowerCase().normalize('NFC').match(WORD) ?? []
  return found.map((word) => (word.length > MAX_LENGTH ? Array.from(word).slice(0, MAX_LENGTH).join('') : word))
}
