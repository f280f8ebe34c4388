/**
 * YAML as data, with the line of everything in it. `yaml` does the reading: it keeps positions, knows YAML 1.1 (which such files
 * are written in: `active: yes`) and reports what is wrong instead of guessing. What the data means is not looked at here.
 */

import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, parseDocument, Parser } from 'yaml'
import { type Fault, LictorError } from '../errors.js'
import type { Json } from '../types.js'

/** A larger file is not of people. */
const MAX_BYTES = 1_048_576
const MAX_DEPTH = 32
/** What is deeper than this is not even taken apart: the reader calls itself for each level, and hosts end where it calls too often. */
const MAX_LEVELS = 100
const MAX_FAULTS = 100
const ALIAS = 'anchors and aliases are not read here; write it out'

export interface FaultInFile extends Fault {
  /** Both count from 1. */
  line: number
  column: number
}

/** Every fault of a file, each with its line and path. Nothing came of the file. */
export class FileError extends LictorError {
  declare readonly faults: FaultInFile[]
  /** What would have been told if nothing had been wrong: keys that nobody reads. */
  readonly warnings: FaultInFile[]

  constructor(
    faults: FaultInFile[],
    { warnings = [], ...options }: { cause?: unknown; warnings?: FaultInFile[] } = {},
  ) {
    super(faults, options)
    this.message = [...faults, ...warnings.map((one) => ({ ...one, message: `warning: ${one.message}` }))]
      .map(({ line, path, message }) => `line ${line}: ${path}: ${message}`)
      .join('; ')
    this.warnings = warnings
  }
}

export interface ReadYaml {
  value: Json
  /** Where something stands; what is not there stands where its next of kin does. */
  position(path: string): { line: number; column: number }
}

/** A document that may have faults, and how much of its data stands there all the same. */
export interface LookedAtYaml extends ReadYaml {
  faults: FaultInFile[]
  /** Whether what is at a path was written so, and not left open by a fault. */
  sure(path: string): boolean
}

/** The data of a document. `root` names it in paths. */
export function readYaml(text: string, root: string): ReadYaml {
  const { faults, ...read } = lookAtYaml(text, root)
  if (faults.length > 0) throw new FileError(faults)
  return read
}

/** The same, so that what the data means can be looked at before the faults are told. Only what cannot be taken apart is thrown. */
export function lookAtYaml(given: string, root: string): LookedAtYaml {
  // What some editors put before a text is no part of it; the reader trips over it where a list follows.
  const text = given.replace(/^\uFEFF/, '')
  if (new TextEncoder().encode(text).length > MAX_BYTES)
    throw new FileError([at(root, 1, 1, 'too_large', `larger than ${MAX_BYTES} bytes`)])
  const lines = new LineCounter()
  const document = composed(text, lines, root)
  const walk = new Walk(lines)
  const value = walk.value(document.contents, root, 0)
  const wrong = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]).slice(0, MAX_FAULTS)
  const said = wrong.map(({ code, pos, message }) => {
    const { line, col } = lines.linePos(pos[0])
    const path = (code === 'MULTIPLE_DOCS' ? undefined : walk.pathAt(pos[0])) ?? root
    const told = code === 'MULTIPLE_DOCS' ? 'a second document begins here; one is read' : firstLine(message)
    return { ...at(path, line, col, 'malformed', told), here: HERE.has(code) }
  })
  const broken = said.find(({ here }) => !here)?.path
  const faults = [...said.map(({ here, ...fault }) => fault), ...walk.faults]
  return {
    value,
    faults: inOrder(faults),
    position: (path) => walk.position(path),
    sure: (path) =>
      !walk.faults.some((fault) => fault.path === path) &&
      (broken === undefined || entry(path, root) < entry(broken, root)),
  }
}

/** What is wrong with one thing only; after any other, what follows may have been read as something that was not meant. */
const HERE = new Set<string>(['DUPLICATE_KEY', 'MULTIPLE_DOCS', 'TAG_RESOLVE_FAILED', 'BAD_ALIAS', 'BAD_DQ_ESCAPE'])

/** By lines; in a line as they were found. */
export function inOrder(faults: FaultInFile[]): FaultInFile[] {
  return faults.sort((a, b) => a.line - b.line).slice(0, MAX_FAULTS)
}

/** Which entry of the list a path leads to. Where it leads to none, it is neither before another nor after. */
function entry(path: string, root: string): number {
  const found = /^\[(\d+)\]/.exec(path.slice(root.length))
  return found ? Number(found[1]) : NaN
}

function composed(text: string, lines: LineCounter, root: string): ReturnType<typeof parseDocument> {
  const deep = tooDeep(text)
  if (deep)
    throw new FileError([at(root, deep.line, deep.column, 'too_deep', `nested deeper than ${MAX_LEVELS} levels`)])
  return parseDocument(text, {
    version: '1.1',
    merge: false,
    prettyErrors: false,
    lineCounter: lines,
    // `silent` would also keep quiet about a second document.
    logLevel: 'error',
  })
}

/** Where a text is nested too deeply to be composed. What is open stands in a list here, and nothing calls itself. */
function tooDeep(text: string): { line: number; column: number } | undefined {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > MAX_LEVELS) {
      const before = text.slice(0, parser.offset).split('\n')
      return { line: before.length, column: before.at(-1)?.length ?? 1 }
    }
  }
  return undefined
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
    if (isAlias(node)) return this.#wrong(path, 'malformed', ALIAS)
    // What it names is written here, and looked at.
    if (isNode(node) && 'anchor' in node && node.anchor !== undefined) this.#note(path, 'malformed', ALIAS)
    if (isSeq(node)) return node.items.map((item, i) => this.value(item, `${path}[${i}]`, depth + 1))
    if (isMap(node)) {
      const pairs = node.items.flatMap(({ key, value }): [string, Json][] => {
        const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined
        const here = path + member(name ?? '?')
        const begins = startOf(key)
        if (begins !== undefined) this.#starts.set(here, begins)
        if (name === undefined) return this.#left(here, 'a key is text; write it in quotes')
        // `fromEntries` would define it, and the engine refuse it; here its line is known.
        if (name === '__proto__') return this.#left(here, 'this key has a meaning of its own in programs')
        return [[name, this.value(value, here, depth + 1)]]
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

  #note(path: string, code: string, message: string): void {
    const { line, column } = this.position(path)
    this.faults.push(at(path, line, column, code, message))
  }

  #wrong(path: string, code: string, message: string): null {
    this.#note(path, code, message)
    return null
  }

  #left(path: string, message: string): [] {
    this.#note(path, 'malformed', message)
    return []
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
