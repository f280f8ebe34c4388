/** What a route is: its path, its methods, and for each what goes in and what comes out. */

import type { Context, MiddlewareHandler } from 'hono'
import type { Json } from '../../types.js'
import type { Schema } from './schema.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Route extends Described {
  methods: { [method in Method]?: Operation }
}

/** What the document says of a route. */
export interface Described {
  /** As OpenAPI writes it: `/communities/{id}`. */
  path: string
  /** What each part in braces names. */
  params?: { [name: string]: string }
  methods: { [method in Method]?: Description }
}

export interface Operation extends Description {
  run(input: Input): Promise<Response>
}

export interface Description {
  id: string
  summary: string
  description?: string
  tag: string
  query?: { [name: string]: Schema }
  /** Of the query, what must be given. */
  needs?: string[]
  headers?: { [name: string]: Schema & { description: string } }
  body?: Body
  /** What a success is. Problems are added by `problems`. */
  responses: { [status: number]: Answer }
  /** Statuses of problems beyond those every route may give. */
  problems?: number[]
}

/** What holds for all routes. */
export interface Common extends Pick<Description, 'query' | 'headers' | 'problems'> {
  /** Runs ahead of every route. */
  first?: MiddlewareHandler
}

export interface Body {
  schema: Schema
  /** Media types; JSON if left out. */
  types?: string[]
  optional?: boolean
}

export interface Answer {
  description: string
  schema?: Schema
  type?: string
  /** In other forms, for who accepts them. */
  others?: { [type: string]: Schema }
  headers?: { [name: string]: string }
}

/** What a route runs on, read by its schemas. */
export interface Input {
  c: Context
  param: { [name: string]: string }
  query: Query
  /**
   * The body. Read late, so that who may not do something at all is told that, and not what is wrong with the body;
   * throws the Problem then.
   */
  body(): Promise<Json>
}

export interface Query {
  text(name: string): string | undefined
  number(name: string): number | undefined
  flag(name: string): boolean | undefined
  list(name: string): string[] | undefined
}
