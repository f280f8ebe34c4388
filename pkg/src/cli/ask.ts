/** Words that are asked for on the terminal. What is typed as a password is not shown. */

import { createInterface, type Interface } from 'node:readline'
import { usage } from './failure.js'

/** How often two entries may differ. */
const TRIES = 5

/** A password, typed twice; asked for again while the two differ. From a pipe: lines, and nothing is said. */
export async function askPassword(): Promise<string> {
  const lines = new Lines()
  try {
    for (let n = 0; n < TRIES; n++) {
      const first = await lines.next('Password: ')
      if (first === '') continue
      if ((await lines.next('Repeat for confirmation: ')) === first) return first
      say('The two entries differ.\n')
    }
    throw usage('no password was given; `--password` gives one, `--random` makes one')
  } finally {
    lines.close()
  }
}

/** Programs that write into a pipe wait for no question. */
function say(text: string): void {
  if (process.stdin.isTTY) process.stderr.write(text)
}

class Lines {
  readonly #interface: Interface
  readonly #came: string[] = []
  #ended = false
  #waiting: ((line: string | undefined) => void) | undefined

  constructor() {
    // Without an output nothing that is typed is written back.
    this.#interface = createInterface({ input: process.stdin, terminal: process.stdin.isTTY === true })
    this.#interface.on('line', (line) => this.#give(line))
    // Ctrl-C ends the question, and so the command.
    this.#interface.on('SIGINT', () => this.#interface.close())
    this.#interface.on('close', () => {
      this.#ended = true
      this.#give(undefined)
    })
  }

  async next(question: string): Promise<string> {
    say(question)
    const line = this.#came.shift() ?? (this.#ended ? undefined : await this.#wait())
    // What is typed is not shown, its end neither.
    say('\n')
    if (line === undefined) throw usage('no password was given; `--password` gives one, `--random` makes one')
    return line
  }

  close(): void {
    this.#interface.close()
    process.stdin.unref?.()
  }

  #wait(): Promise<string | undefined> {
    return new Promise((resolve) => (this.#waiting = resolve))
  }

  /** Several lines may come at once: each is given to one question. */
  #give(line: string | undefined): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) waiting(line)
    else if (line !== undefined) this.#came.push(line)
  }
}
