// Bytes that stand as text in a script; `pkg/scripts/build/text.mjs` writes it.

/** Digits are the characters from the blank to `~` but those that mean something in a script. */
const NONE = '"\'`$<\\'
/** So many bytes are one digit; they stand at the beginning. Of any other the first digit is one of those that are left. */
const FREQUENT = 84

export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128)
  let digits = 0
  for (let code = 32; code < 127; code++) if (!NONE.includes(String.fromCharCode(code))) values[code] = digits++
  let at = 0
  const digit = (): number => values[text.charCodeAt(at++)] as number
  const pair = (first: number): number => first * digits + digit()

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
