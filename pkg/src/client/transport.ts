/**
 * Requests to the server, and what came of them. A failure of the transport is never a verdict: nothing here decides
 * what becomes of an intent.
 */

import type { Part } from '../sync/parts.js'
import type { PullRequest, PullResponse, PushRequest, PushResponse } from '../sync/protocol.js'
import type { JsonObject } from '../types.js'
import { linesOf, nextJson, partsOf } from './arriving.js'
import type { Environment } from './environment.js'
import { readPull, readReset, readPush } from './shapes.js'

export type FailureKind =
  /** No answer at all. */
  | 'offline'
  | 'timeout'
  /** The server is in trouble, or wants fewer requests. */
  | 'server'
  /** Not signed in, or no longer. */
  | 'auth'
  /** The server read this request and will not take it, however often it is sent. */
  | 'refused'
  /** An answer that is not of this protocol: a captive portal, a proxy's page, another server. */
  | 'garbled'

export class TransportError extends Error {
  readonly kind: FailureKind
  /** Milliseconds the server asked to wait. */
  readonly wait?: number

  constructor(kind: FailureKind, message: string, options: { cause?: unknown; wait?: number } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'TransportError'
    this.kind = kind
    if (options.wait !== undefined) this.wait = options.wait
  }
}

/** A whole view that comes in parts; what it is as a whole is there already. */
export interface Arriving extends Omit<Extract<PullResponse, { t: 'reset' }>, 't' | 'entries'> {
  t: 'parts'
  parts: AsyncGenerator<Part>
}

/** How a server is told that a whole view may come in parts, and tells that it does. */
const PARTS = 'application/x-ndjson'

/** A server that has not answered by then is taken for gone. */
const PATIENCE = 30_000

export class Transport {
  private readonly base: string

  constructor(
    url: string,
    private readonly env: Pick<Environment, 'fetch' | 'schedule'>,
    private readonly patience = PATIENCE,
  ) {
    this.base = url.replace(/\/+$/, '')
  }

  async pull(request: PullRequest): Promise<PullResponse | Arriving> {
    const wait = this.wait()
    const headers = { accept: `${PARTS}, application/json`, 'content-type': 'application/json' }
    const init = { method: 'POST', signal: wait.signal, headers, body: JSON.stringify(request) }
    const response = await wait.out(this.send('pull', init))
    if (response.body === null || !response.headers.get('content-type')?.startsWith(PARTS)) {
      return readPull(parse(await wait.out(text(response)).finally(wait.calm)))
    }
    const lines = linesOf(response.body, wait.again)
    const { t: _, entries: __, ...whole } = readReset(await wait.out(nextJson(lines)))
    return { t: 'parts', ...whole, parts: untilEnd(partsOf(lines), wait) }
  }

  async push(request: PushRequest): Promise<PushResponse> {
    return readPush(await this.json('push', request))
  }

  /** The policy document of this content hash, unchecked. */
  async bundle(hash: string): Promise<JsonObject> {
    const document = await this.json(`bundle/${encodeURIComponent(hash)}`)
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as JsonObject
    throw new TransportError('garbled', 'the policy that came is not an object')
  }

  /** Tells the server that this device is no more. */
  async logout(device: string): Promise<void> {
    await this.json(`device/${encodeURIComponent(device)}`, undefined, 'DELETE')
  }

  /** Lines of the feed, as they come. Ends when the server ends it or `signal` does. */
  async *feed(device: string, signal: AbortSignal): AsyncGenerator<string> {
    const headers = { accept: 'text/event-stream' }
    const response = await this.send(`events?device=${encodeURIComponent(device)}`, { headers, signal })
    if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      throw new TransportError('garbled', 'the server has no feed of events')
    }
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    let rest = ''
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r/)
        rest = lines.pop() ?? ''
        yield* lines
      }
    } finally {
      // Without it the connection stays open, and browsers allow few.
      await reader.cancel().catch(() => {})
    }
  }

  /** One request with its answer, all of it within the patience. */
  private async json(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<unknown> {
    const wait = this.wait()
    const init: RequestInit = { method, signal: wait.signal, headers: { accept: 'application/json' } }
    if (body !== undefined) {
      init.headers = { accept: 'application/json', 'content-type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    const answered = this.send(path, init).then(async (response) => ({ response, body: await text(response) }))
    const { response, body: found } = await wait.out(answered).finally(wait.calm)
    return response.status === 204 ? null : parse(found)
  }

  /** The patience with one request. */
  private wait(): Waiting {
    const stop = new AbortController()
    let late = false
    const start = (): (() => void) =>
      this.env.schedule(() => {
        late = true
        stop.abort()
      }, this.patience)
    let calm = start()
    return {
      signal: stop.signal,
      again: () => {
        calm()
        calm = start()
      },
      calm: () => calm(),
      out: <T>(work: Promise<T>): Promise<T> =>
        work.catch((cause: unknown) => {
          calm()
          if (late) throw new TransportError('timeout', `no answer within ${this.patience} ms`, { cause })
          if (cause instanceof TransportError) throw cause
          throw new TransportError('offline', 'the answer broke off', { cause })
        }),
    }
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    let response: Response
    try {
      // Sessions are cookies at many hosts; a host that wants headers gives its own `fetch`.
      response = await this.env.fetch(`${this.base}/${path}`, { credentials: 'same-origin', ...init })
    } catch (cause) {
      throw new TransportError('offline', 'the server cannot be reached', { cause })
    }
    if (response.ok) return response
    await response.body?.cancel().catch(() => {})
    throw failureOf(response)
  }
}

interface Waiting {
  signal: AbortSignal
  /** Something came: it begins anew. */
  again: () => void
  /** It came to its end. */
  calm: () => void
  /** What went wrong, as a failure of the transport. */
  out: <T>(work: Promise<T>) => Promise<T>
}

/** What is left of an answer, each step within the patience. */
async function* untilEnd<T>(steps: AsyncGenerator<T>, wait: Waiting): AsyncGenerator<T> {
  try {
    for (;;) {
      const { done, value } = await wait.out(steps.next())
      if (done) return
      yield value
    }
  } finally {
    wait.calm()
    await steps.return(undefined)
  }
}

async function text(response: Response): Promise<string> {
  return response.text()
}

function failureOf({ status, headers }: Response): TransportError {
  if (status === 401 || status === 403) return new TransportError('auth', 'the server wants the user to sign in')
  if (REFUSED.includes(status)) return new TransportError('refused', `the server refused the request with ${status}`)
  // Anything else may pass: a route that is missing for the minutes of a deployment must not cost a user's work.
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const wait = seconds > 0 ? { wait: Math.min(seconds, 3600) * 1000 } : {}
  return new TransportError('server', `the server answered ${status}`, wait)
}

/** Not to be read, too large, not to be carried out. */
const REFUSED = [400, 413, 422]

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TransportError('garbled', 'the answer is not JSON', { cause })
  }
}
