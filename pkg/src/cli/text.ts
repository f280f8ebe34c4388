/** Text of others on a terminal: titles, ids and arguments may hold what moves the cursor, recolours, or turns lines around. */

// Control and format characters, line separators, halves of surrogate pairs. Not the two joiners: emoji and Persian
// need them, and they move nothing.
const HIDDEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const SHORT: { [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line, with nothing in it that a terminal acts on. */
export function shown(text: string): string {
  return text.replace(HIDDEN, (character) => SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** As `shown`, for text that has lines of its own. */
export function shownLines(text: string): string {
  return text.split('\n').map(shown).join('\n')
}

/** JSON for programs that is safe on a terminal too: what `JSON.stringify` leaves raw stands escaped in its strings. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return text.replace(HIDDEN, (character) => (character === '\n' ? character : escaped(character)))
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')
}
