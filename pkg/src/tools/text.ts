import { LictorError } from '../errors.js'

/** Text that has UTF-8: half a surrogate pair has none, and would become another character on its way to the engine. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

/** Text as it is: the glue would make text of anything. */
export function text(value: string, path: string): string {
  if (typeof value === 'string' && isWellFormed(value)) return value
  throw new LictorError([{ code: 'malformed', path, message: 'expected well-formed text' }])
}
