/** Names for sentences, from the facts at hand, and the little grammar they need. */
import type { FactsInput } from 'lictor'
import { ANONYMOUS, nameOf, titleOf } from '../model/people.js'

export interface Names {
  /** The one who asks, as a sentence begins: "Odile Halvorsen", or "A visitor". */
  subject: string
  community(id: string): string
  user(id: string): string
}

export function namesFor(facts: FactsInput, subject: string): Names {
  return {
    subject: subject === ANONYMOUS ? 'A visitor' : nameOf(facts, subject),
    community: (id) => titleOf(facts, id),
    user: (id) => nameOf(facts, id),
  }
}

export function either(words: string[], last = 'or'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** A sentence in the middle of another. A person's name keeps its capital letter. */
export function lowered(sentence: string, names: Names): string {
  if (names.subject !== 'A visitor' && sentence.startsWith(names.subject)) return sentence
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
