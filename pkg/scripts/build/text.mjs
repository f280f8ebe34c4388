/** As in `pkg/src/entry/text.ts`, which reads it. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const FREQUENT = 56

/**
 * Bytes as text in a script: those that are frequent in them are one character, the others two. After brotli it is within 2 % of
 * the bytes, where hex is 7 % more, which keeps bytes aligned to characters, and base64, which does not, 30 %.
 */
export function textOf(bytes) {
  const times = new Array(256).fill(0)
  for (const byte of bytes) times[byte]++
  const frequent = [...times.keys()].sort((a, b) => times[b] - times[a]).slice(0, FREQUENT)
  const others = [...times.keys()].filter((byte) => !frequent.includes(byte))
  const pair = (number) => DIGITS[number >> 6] + DIGITS[number & 63]
  const texts = new Map(frequent.map((byte, i) => [byte, DIGITS[i]]))
  others.forEach((byte, i) => texts.set(byte, pair(FREQUENT * 64 + i)))
  return [...frequent.map(pair), ...Array.from(bytes, (byte) => texts.get(byte))].join('')
}
