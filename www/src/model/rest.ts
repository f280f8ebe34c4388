/** What is asked of the server at once, instead of being queued on this device. */
import type { JsonObject } from 'lictor'
import { subjectId, theClient } from './account.js'
import { fetchAs } from './network.js'

export interface Fault {
  /** Where in what was sent: `body.query.term`. */
  path: string
  message: string
}

/** The server did not do it: why, and where the faults are. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly faults: readonly Fault[],
  ) {
    super(message)
  }
}

export async function ask(
  method: string,
  path: string,
  body?: JsonObject,
  headers: { [name: string]: string } = {},
): Promise<Response> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const options = { method, ...sent, headers: { ...type, ...headers } }
  const response = await fetchAs(subjectId.value)(`api/${path}`, options).catch(() => {
    throw new Error('this is for the server to decide, and it cannot be reached')
  })
  if (response.ok) return response
  // What stands between may answer in words of its own, which are not for this page.
  const told = (await response.json().catch(() => ({}))) as { message?: string; path?: string; faults?: Fault[] }
  const { message, path: at, faults } = told
  const text = message ?? `the server answered ${response.status}`
  const one = at === undefined ? [] : [{ path: at, message: text.replace(`${at}: `, '') }]
  throw new Problem(response.status, text, faults ?? one)
}

/** Does something, and has the view follow. */
export async function change(
  method: string,
  path: string,
  body?: JsonObject,
  headers?: { [name: string]: string },
): Promise<void> {
  await ask(method, path, body, headers)
  await theClient().sync()
}
