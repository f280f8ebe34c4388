/** Ids for what is new and was given none: 120 random bits, in letters and digits that are read aloud without confusion. */

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => LETTERS.charAt(byte & 31)).join('')
}
