/** Reads a body: never more of it than the limit, and never anything but JSON in UTF-8. */

import type { Context } from 'hono'
import type { Json } from '../../types.js'
import { Problem, malformed } from '../problem.js'
import { faultOfJson } from './json-fault.js'

export interface BodyLimits {
  limit: number
  depth: number
  /** Media types that are read, the usual one first. */
  types?: string[]
  /** Whether no body is as good as `{}`. Some hosts give a request without one an empty stream. */
  optional?: boolean
}

const JSON_TYPES = ['application/json']

export async function readJson(
  c: Context,
  { limit, depth, types = JSON_TYPES, optional = false }: BodyLimits,
): Promise<Json> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const text = await readText(c.req.raw, limit)
  if (text === '' && optional) return {}
  if (text === '') throw malformed('body', 'is empty; send JSON')
  if (!types.includes(type)) {
    const message = `the body is ${type === '' ? 'of no named type' : `\`${type}\``}; send \`${types.join('` or `')}\``
    throw new Problem(415, 'unsupported_media_type', message, { headers: { accept: types.join(', ') } })
  }
  const fault = faultOfJson(text, depth)
  if (fault) throw new Problem(400, fault.code, `body: ${fault.message}`, { path: 'body' })
  return JSON.parse(text) as Json
}

/** The body, given up at the first chunk beyond the limit, whatever `content-length` says. */
async function readText(request: Request, limit: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw await tooLarge(request, limit)
  if (request.body === null) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = request.body.getReader()
  let size = 0
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > limit) {
      await reader.cancel().catch(() => undefined)
      throw await tooLarge(request, limit)
    }
    text += decode(() => decoder.decode(value, { stream: true }))
  }
  return text + decode(() => decoder.decode())
}

function decode(run: () => string): string {
  try {
    return run()
  } catch {
    throw malformed('body', 'is not UTF-8; send JSON in UTF-8')
  }
}

async function tooLarge(request: Request, limit: number): Promise<Problem> {
  if (!request.body?.locked) await request.body?.cancel().catch(() => undefined)
  return new Problem(413, 'too_large', `the body is larger than ${limit} bytes; send less at once`)
}
