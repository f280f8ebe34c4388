/** Signed cookies that hold JSON and end by themselves. What is forged, ended or of another purpose reads as absent. */

import { parseSigned, serialize, serializeSigned } from 'hono/utils/cookie'
import type { Json, JsonObject } from '../../types.js'
import type { ServerContext } from '../context.js'

export interface Sealed {
  /** Reads one of a request. */
  read(request: Request): Promise<JsonObject | undefined>
  /** A `set-cookie` that writes it, for so many seconds. */
  write(value: JsonObject, seconds: number): Promise<string>
  /** A `set-cookie` that removes it. */
  clear(): string
}

/** `Secure` is left out only where the server is reached without TLS, on the loopback. */
export function sealedCookie(context: ServerContext, name: string, secure: boolean): Sealed {
  const options = { path: context.base === '' ? '/' : context.base, httpOnly: true, sameSite: 'Lax', secure } as const
  let key: Promise<Uint8Array<ArrayBuffer>> | undefined
  // Each cookie has a key of its own, so that one cannot be passed off as another, or a token as a cookie.
  const keyOf = async (): Promise<Uint8Array<ArrayBuffer>> => {
    const label = new TextEncoder().encode(`cookie ${name} `)
    const secret = await context.secret()
    return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array([...label, ...secret])))
  }
  const derived = (): Promise<Uint8Array<ArrayBuffer>> => (key ??= keyOf())
  return {
    async read(request) {
      const header = request.headers.get('cookie')
      if (header === null) return undefined
      const text = (await parseSigned(header, await derived(), name))[name]
      if (typeof text !== 'string') return undefined
      const { until, value } = JSON.parse(text) as { until: number; value: Json }
      return until > context.now() && typeof value === 'object' && !Array.isArray(value) && value !== null
        ? value
        : undefined
    },
    async write(value, seconds) {
      const text = JSON.stringify({ until: context.now() + seconds * 1000, value })
      return serializeSigned(name, text, await derived(), { ...options, maxAge: seconds })
    },
    clear: () => serialize(name, '', { ...options, maxAge: 0 }),
  }
}
