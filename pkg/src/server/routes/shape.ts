/** How records and communities look in an answer, and the content they are recognised by. */

import type { RecordView } from '../../types.js'
import { Problem } from '../problem.js'

/** A record's view, as REST answers it. `missing` is there only if something was left out. */
export function recordBody(view: RecordView, made: Made = {}): { [key: string]: unknown } {
  const { id, record, links, actions, missing = [] } = view
  const more = { ...(missing.length > 0 && { missing }), ...(Object.keys(made).length > 0 && { made }) }
  return { id, metadata: record, links, actions, ...more }
}

/** Ids the server made for a call, and the token of a secret link. */
export interface Made {
  request?: string
  record?: string
  link?: string
  token?: string
}

/** Answers JSON. With `tag`, by content: the same content gives 304 to whoever has it. */
export async function answer(
  body: unknown,
  { status = 200, headers = {}, etag, request }: AnswerOptions = {},
): Promise<Response> {
  const all: Record<string, string> = {
    'content-type': 'application/json',
    'cache-control': 'private, no-cache',
    vary: 'authorization, cookie',
    ...headers,
  }
  const text = JSON.stringify(body)
  if (etag) {
    all.etag = await etagOf(text)
    if (request && status === 200 && matches(request.headers.get('if-none-match'), all.etag, true)) {
      return new Response(null, { status: 304, headers: all })
    }
  }
  return new Response(text, { status, headers: all })
}

export interface AnswerOptions {
  status?: number
  headers?: Record<string, string>
  etag?: boolean
  /** Whose `if-none-match` is heeded. */
  request?: Request
}

/** Refuses a write to what is no longer as the client saw it. */
export async function demandMatch(request: Request, body: unknown): Promise<void> {
  const wanted = request.headers.get('if-match')
  if (wanted === null) return
  if (!matches(wanted, await etagOf(JSON.stringify(body)), false)) {
    throw new Problem(412, 'changed_meanwhile', 'it has changed since you read it; read it again and repeat the change')
  }
}

async function etagOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const hex = Array.from(new Uint8Array(digest).subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `"${hex}"`
}

/** `If-Match` compares strongly, `If-None-Match` weakly (RFC 9110, 13.1). */
function matches(header: string | null, etag: string, weakly: boolean): boolean {
  if (header === null) return false
  if (header.trim() === '*') return true
  const tags = header.split(',').map((tag) => tag.trim())
  return tags.includes(etag) || (weakly && tags.includes(`W/${etag}`))
}
