/** What sentences need to be told: names, and the little grammar between them. */

export interface Names {
  /** The one who asks, as a sentence begins. */
  subject: string
  community(id: string): string
  user(id: string): string
}

export function either(words: string[], last = 'or'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** A sentence in the middle of another. A person's name keeps its capital letter. */
export function lowered(sentence: string, names: Names): string {
  if (sentence.startsWith(names.subject)) return sentence
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
