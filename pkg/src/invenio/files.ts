/** The files of an export: lists as REST gives them, or bare. */

import type { Json } from '../types.js'
import { Part } from './part.js'
import type { Log } from './log.js'

/** Where the files come from: a folder, an archive, a test. Names are relative, with `/` in them. */
export interface Source {
  names(): Promise<string[]> | string[]
  read(name: string): Promise<string> | string
}

export class Files {
  readonly #source: Source
  readonly #log: Log
  readonly #unread: Set<string>

  private constructor(source: Source, names: string[], log: Log) {
    this.#source = source
    this.#log = log
    this.#unread = new Set(names)
  }

  static async of(source: Source, log: Log): Promise<Files> {
    return new Files(source, [...(await source.names())].sort(), log)
  }

  has(name: string): boolean {
    return this.#unread.has(name)
  }

  /** Files nobody has read yet. */
  get unread(): string[] {
    return [...this.#unread]
  }

  async read(name: string): Promise<Part> {
    this.#unread.delete(name)
    const path = `${name}: `
    try {
      return new Part(JSON.parse(await this.#source.read(name)) as Json, path, this.#log)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      this.#log.fault(name, `is not JSON: ${error.message}`)
      return new Part(undefined, path, this.#log)
    }
  }

  /** The entries of a file that must be there. */
  async entries(name: string): Promise<Part[]> {
    if (this.has(name)) return this.#hits(await this.read(name), name)
    this.#log.fault(name, 'is missing; without it answers would be guesses', 'not_found')
    return []
  }

  /** The entries of a file that may be left out. */
  async some(name: string): Promise<Part[]> {
    return this.has(name) ? this.entries(name) : []
  }

  /** Does not read it, because another file says the same. */
  pass(name: string, what: string): void {
    if (this.#unread.delete(name)) this.#log.note(what, 'derived', name)
  }

  /** A bare list, or `{hits: {hits, total}}`, of which a page alone is no export. */
  #hits(file: Part, name: string): Part[] {
    if (file.value === undefined) return []
    if (Array.isArray(file.value)) return file.list()
    const hits = file.at('hits', 'hits').list()
    const total = file.at('hits', 'total')
    if (typeof total.value === 'number' && total.value !== hits.length)
      this.#log.fault(total.path, `${name} holds ${hits.length} of ${total.value}: export every page`)
    return hits
  }
}
