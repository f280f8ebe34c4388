/**
 * YAML as data, with the line of everything in it. `yaml` does the reading: it keeps positions, knows YAML 1.1 (which such files
 * are written in: `active: yes`) and reports what is wrong instead of guessing. What the data means is not looked at here.
 */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type Fault, LictorError } from '../errors.js'
import type { Json } from '../types.js'

/** A larger file is not of people. */
const MAX_BYTES = 1_048_576
const MAX_DEPTH = 32
const MAX_FAULTS = 100

export interface FaultInFile extends Fault {
  /** Both count from 1. */
  line: number
  column: number
}

/** Every fault of a file, each with its line and path. Nothing came of the file. */
export class FileError extends LictorError {
  declare readonly faults: FaultInFile[]

  constructor(faults: FaultInFile[], options?: { cause?: unknown }) {
    super(faults, options)
    this.message = faults.map(({ line, path, message }) => `line ${line}: ${path}: ${message}`).join('; ')
  }
}

export interface ReadYaml {
  value: Json
  /** Where something stands; what is not there stands where its next of kin does. */
  position(path: string): { line: number; column: number }
}

/** The data of a document. `root` names it in paths. */
export function readYaml(text: string, root: string): ReadYaml {
  if (new TextEncoder().encode(text).length > MAX_BYTES)
    throw new FileError([at(root, 1, 1, 'too_large', `larger than ${MAX_BYTES} bytes`)])
  const lines = new LineCounter()
  const document = composed(text, lines, root)
  const walk = new Walk(lines)
  const value = walk.value(document.contents, root, 0)
  const said = [...document.errors, ...document.warnings].map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0])
    return at(walk.pathAt(pos[0]) ?? root, line, col, 'malformed', firstLine(message))
  })
  const faults = [...said, ...walk.faults]
  if (faults.length > 0) throw new FileError(faults.sort((a, b) => a.line - b.line).slice(0, MAX_FAULTS))
  return { value, position: (path) => walk.position(path) }
}

function composed(text: string, lines: LineCounter, root: string): ReturnType<typeof parseDocument> {
  try {
    return parseDocument(text, {
      version: '1.1',
      merge: false,
      prettyErrors: false,
      lineCounter: lines,
      // `silent` would also keep quiet about a second document.
      logLevel: 'error',
    })
  } catch (cause) {
    // Its reader calls itself for each level.
    if (!(cause instanceof RangeError)) throw cause
    throw new FileError([at(root, 1, 1, 'too_deep', 'nested too deeply to be read')], { cause })
  }
}

/** Nodes as data. Aliases are not followed: a few lines of them can stand for more than fits anywhere. */
class Walk {
  readonly faults: FaultInFile[] = []
  readonly #lines: LineCounter
  readonly #starts = new Map<string, number>()

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  value(node: unknown, path: string, depth: number): Json {
    const start = startOf(node)
    if (start !== undefined && !this.#starts.has(path)) this.#starts.set(path, start)
    if (node === null || node === undefined) return null
    if (depth > MAX_DEPTH) return this.#wrong(path, 'too_deep', `nested deeper than ${MAX_DEPTH} levels`)
    if (isAlias(node) || (isNode(node) && 'anchor' in node && node.anchor !== undefined))
      return this.#wrong(path, 'malformed', 'anchors and aliases are not read here; write it out')
    if (isSeq(node)) return node.items.map((item, i) => this.value(item, `${path}[${i}]`, depth + 1))
    if (isMap(node)) {
      const pairs = node.items.map(({ key, value }): [string, Json] => {
        const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined
        const here = path + member(name ?? '?')
        const begins = startOf(key)
        if (begins !== undefined) this.#starts.set(here, begins)
        if (name === undefined) return ['?', this.#wrong(here, 'malformed', 'a key is text; write it in quotes')]
        // `fromEntries` would define it, and the engine refuse it; here its line is known.
        if (name === '__proto__')
          return ['?', this.#wrong(here, 'malformed', 'this key has a meaning of its own in programs')]
        return [name, this.value(value, here, depth + 1)]
      })
      return Object.fromEntries(pairs)
    }
    const value: unknown = isScalar(node) ? node.value : undefined
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    return this.#wrong(path, 'malformed', 'neither text, number, true nor false; write text in quotes')
  }

  position(path: string): { line: number; column: number } {
    for (let near = path; ; near = near.slice(0, Math.max(near.lastIndexOf('.'), near.lastIndexOf('['), 0))) {
      const start = this.#starts.get(near)
      if (start !== undefined || near === '') {
        const { line, col } = this.#lines.linePos(start ?? 0)
        return { line: Math.max(line, 1), column: Math.max(col, 1) }
      }
    }
  }

  /** The last thing that begins at or before an offset. */
  pathAt(offset: number): string | undefined {
    let found: [path: string, start: number] | undefined
    for (const [path, start] of this.#starts)
      if (start <= offset && (found === undefined || start >= found[1])) found = [path, start]
    return found?.[0]
  }

  #wrong(path: string, code: string, message: string): null {
    const { line, column } = this.position(path)
    this.faults.push(at(path, line, column, code, message))
    return null
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

function startOf(node: unknown): number | undefined {
  return isNode(node) && node.range ? node.range[0] : undefined
}

/** As the engine writes the path of a key. */
function member(key: string): string {
  if (/^[\w:-]+$/.test(key)) return `.${key}`
  return `["${[...key]
    .slice(0, 64)
    .join('')
    .replace(/["\p{Cc}]/gu, '?')}"]`
}

function at(path: string, line: number, column: number, code: string, message: string): FaultInFile {
  return { code, path, line, column, message }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
