/**
 * Where text stops being JSON. `JSON.parse` says so in other words on every runtime, and takes any depth; an answer of the
 * server is the same everywhere.
 */

export interface JsonFault {
  code: 'malformed' | 'too_deep'
  message: string
}

const SPACE = /[ \t\n\r]*/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE_CODE = 0x20

/** The first fault, or undefined for JSON. */
export function faultOfJson(text: string, depth: number): JsonFault | undefined {
  return new Scanner(text, depth).run()
}

class Scanner {
  readonly #text: string
  readonly #depth: number
  #at = 0

  constructor(text: string, depth: number) {
    this.#text = text
    this.#depth = depth
  }

  run(): JsonFault | undefined {
    // `]` and `}` of what is open, outermost first.
    const open: string[] = []
    for (;;) {
      const start = this.#next()
      if (start === '[' || start === '{') {
        if (open.length === this.#depth)
          return { code: 'too_deep', message: this.#say(`more than ${this.#depth} levels`) }
        this.#at += 1
        const close = start === '[' ? ']' : '}'
        if (this.#next() === close) this.#at += 1
        else {
          open.push(close)
          if (close === '}' && !this.#key()) return this.#fault('a key in double quotes and `:`')
          continue
        }
      } else if (start === '"') {
        if (!this.#string()) return this.#fault('the rest of a string')
      } else if (!this.#take(SCALAR)) return this.#fault('a value')
      const ended = this.#ends(open)
      if (ended !== true) return ended
      if (open.length === 0) return this.#next() === '' ? undefined : this.#fault('nothing more')
    }
  }

  /** After a value: closes what ends here, up to the next `,`. True: go on. */
  #ends(open: string[]): true | JsonFault {
    while (open.length > 0) {
      const close = open[open.length - 1] ?? ''
      const found = this.#next()
      if (found === close) {
        this.#at += 1
        open.pop()
      } else if (found === ',') {
        this.#at += 1
        if (close === '}' && !this.#key()) return this.#fault('a key in double quotes and `:`')
        return true
      } else return this.#fault(`\`,\` or \`${close}\``)
    }
    return true
  }

  #key(): boolean {
    if (this.#next() !== '"' || !this.#string() || this.#next() !== ':') return false
    this.#at += 1
    return true
  }

  /** A string, from its first quote on. By hand: a pattern would need a stack as deep as the string is long. */
  #string(): boolean {
    const text = this.#text
    this.#at += 1
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at)
      if (code === QUOTE) {
        this.#at += 1
        return true
      }
      if (code < SPACE_CODE) return false
      if (code !== BACKSLASH) continue
      const escape = this.#escape()
      if (escape === 0) return false
      this.#at += escape - 1
    }
    return false
  }

  /** The length of an escape; 0 if it is none, or half of a character: no store and no engine could keep that. */
  #escape(): number {
    const unit = (at: number): number => {
      const hex = this.#text.slice(at, at + 6)
      return /^\\u[0-9a-fA-F]{4}$/.test(hex) ? Number.parseInt(hex.slice(2), 16) : -1
    }
    if ('"\\/bfnrt'.includes(this.#text.charAt(this.#at + 1) || ' ')) return 2
    const first = unit(this.#at)
    if (first < 0xd800 || first > 0xdfff) return first < 0 ? 0 : 6
    const second = unit(this.#at + 6)
    return first < 0xdc00 && second >= 0xdc00 && second <= 0xdfff ? 12 : 0
  }

  /** The next character that is no space; empty at the end. */
  #next(): string {
    this.#take(SPACE)
    return this.#text.charAt(this.#at)
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return false
    this.#at += found[0].length
    return true
  }

  #fault(expected: string): JsonFault {
    return { code: 'malformed', message: this.#say(`is not JSON, expected ${expected}`) }
  }

  #say(what: string): string {
    const lines = this.#text.slice(0, this.#at).split('\n')
    return `${what} at line ${lines.length}, column ${(lines[lines.length - 1]?.length ?? 0) + 1}`
  }
}
