/** What a command says, to people or to programs. Results go to stdout, everything else to stderr. */

import type { Failure } from './failure.js'
import { jsonText, shownLines } from './text.js'

export interface Manner {
  json: boolean
  quiet: boolean
  color: boolean
}

type Style = 'bold' | 'green' | 'red' | 'yellow'

const CODES: { [style in Style]: number } = { bold: 1, red: 31, green: 32, yellow: 33 }

export class Output {
  readonly #manner: Manner

  constructor(manner: Manner) {
    this.#manner = manner
  }

  /** What was asked for: one JSON document, or lines. */
  result(document: unknown, lines: string[]): void {
    if (this.#manner.json) process.stdout.write(`${jsonText(document)}\n`)
    else for (const line of lines) process.stdout.write(`${line}\n`)
  }

  /** What was done, which `--quiet` leaves out. */
  done(document: unknown, lines: string[]): void {
    if (!this.#manner.quiet) this.result(document, lines)
  }

  /** A remark beside the result. */
  note(text: string): void {
    if (!this.#manner.quiet && !this.#manner.json) process.stderr.write(`${shownLines(text)}\n`)
  }

  failed({ code, message, path, faults, warnings }: Failure): void {
    if (this.#manner.json) {
      const error = {
        code,
        message,
        ...(path !== undefined && { path }),
        ...(faults && { faults }),
        ...(warnings && { warnings }),
      }
      process.stderr.write(`${jsonText({ error })}\n`)
    } else {
      process.stderr.write(
        `${painted('error:', 'red', colours(this.#manner, process.stderr))} ${shownLines(message)}\n`,
      )
    }
  }

  /** Text in a colour where stdout is a terminal that wants one. */
  paint(text: string, style: Style): string {
    return painted(text, style, colours(this.#manner, process.stdout))
  }
}

function painted(text: string, style: Style, colours: boolean): string {
  return colours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
}

function colours({ color }: Manner, stream: NodeJS.WriteStream): boolean {
  // https://no-color.org: present and not empty.
  return color && stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}
