// Bytes that stand as text in a script; `pkg/scripts/build/text.mjs` writes it.

/** Digits of numbers up to 64, in the order of their codes. None means anything in a script, whatever quotes it. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
/** So many bytes are one digit; they stand at the beginning. Of any other the first digit is one of those that are left. */
const FREQUENT = 56

export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128)
  for (let value = 0; value < 64; value++) values[DIGITS.charCodeAt(value)] = value
  let at = 0
  const digit = (): number => values[text.charCodeAt(at++)] as number
  const pair = (first: number): number => first * 64 + digit()

  const bytes = Array.from({ length: FREQUENT }, () => pair(digit()))
  for (let byte = 0; byte < 256; byte++) if (!bytes.includes(byte)) bytes.push(byte)
  const result = new Uint8Array(text.length)
  let size = 0
  while (at < text.length) {
    const first = digit()
    result[size++] = bytes[first < FREQUENT ? first : FREQUENT + pair(first - FREQUENT)] as number
  }
  return result.slice(0, size)
}
