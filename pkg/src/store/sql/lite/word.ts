/**
 * Terms among the words of SQLite's full-text index. Its tokenizer takes every sign beyond ASCII for a letter, so a term is
 * written in signs that no language has letters of: one word, and none that a text could hold.
 */

const FIRST_SIGN = 0x2500

/** A term, which is ASCII, as a word. */
export function wordFor(term: string): string {
  return String.fromCharCode(...Array.from(term, (sign) => FIRST_SIGN + sign.charCodeAt(0)))
}

/** A full-text question: all of the words, and of each list of terms one. Words hold letters and digits only. */
export function matching(words: readonly string[], lists: readonly string[][]): string {
  const oneOf = (list: string[]): string => `(${list.map((term) => `"${wordFor(term)}"`).join(' OR ')})`
  return [...words.map((word) => `"${word}"`), ...lists.map(oneOf)].join(' AND ')
}
