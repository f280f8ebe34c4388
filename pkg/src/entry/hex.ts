/** Bytes that stand as text in a script. */

export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(text.length / 2)
  for (let i = 0; i < result.length; i++)
    result[i] = (digit(text.charCodeAt(2 * i)) << 4) | digit(text.charCodeAt(2 * i + 1))
  return result
}

/** `0`-`9` and `a`-`f`. */
function digit(code: number): number {
  return (code & 15) + (code >> 6) * 9
}
