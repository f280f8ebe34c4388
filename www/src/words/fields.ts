/** Fields of a record that rules look at, in words. */
import { either } from './names.js'

const WORDS: { [field: string]: string } = {
  readers: 'the named readers',
  submitter: 'those who submitted it',
  receiver: 'those it is for',
  embargo_until: 'the end of its embargo',
  grants: 'the rights given on it',
  links: 'its secret links',
}

/** As a part of a sentence: "the named readers". */
export const fieldWords = (name: string): string => WORDS[name] ?? `the field ${name.replaceAll('_', ' ')}`

type Claim = (yes: boolean) => string
const CLAIMS: { [claim: string]: Claim } = {
  'record_access restricted': (yes) => `Its metadata is ${yes ? 'restricted' : 'public'}.`,
  'record_access public': (yes) => `Its metadata is ${yes ? 'public' : 'restricted'}.`,
  'files_access restricted': (yes) => `Its files are ${yes ? 'restricted' : 'public'}.`,
  'restricted true': (yes) => `The record is ${yes ? '' : 'not '}marked as restricted.`,
  'embargo true': (yes) => `The record is ${yes ? '' : 'not '}under an embargo.`,
  'once_published true': (yes) => `The record was ${yes ? '' : 'never '}published before.`,
  'once_published false': (yes) => `The record was ${yes ? 'never ' : ''}published before.`,
  'marked true': (yes) => `The record is ${yes ? '' : 'not '}marked for purging.`,
  'marked false': (yes) => `The record is ${yes ? 'not ' : ''}marked for purging.`,
  'review_status submitted': (yes) => `A review is ${yes ? '' : 'not '}open.`,
}

/** What a condition on a field of few words comes to. */
export function fieldClaim(name: string, values: string[], yes: boolean): string {
  const claim = CLAIMS[`${name} ${values.join(' ')}`]
  const words = fieldWords(name)
  return claim?.(yes) ?? `${words.charAt(0).toUpperCase()}${words.slice(1)} is ${yes ? '' : 'not '}${either(values)}.`
}
