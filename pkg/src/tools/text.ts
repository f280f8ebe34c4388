/** Text that has UTF-8: half a surrogate pair has none, and would become another character on its way to the engine. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
