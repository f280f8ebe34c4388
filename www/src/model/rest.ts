/** What is asked of the server at once, instead of being queued on this device. */
import type { JsonObject } from 'lictor'
import { subjectId, theClient } from './account.js'
import { fetchAs } from './network.js'

export async function ask(method: string, path: string, body?: JsonObject): Promise<Response> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetchAs(subjectId.value)(`api/${path}`, { method, ...sent }).catch(() => {
    throw new Error('this is for the server to decide, and it cannot be reached')
  })
  if (response.ok) return response
  const problem = (await response.json()) as { message?: string }
  throw new Error(problem.message ?? `the server answered ${response.status}`)
}

/** Does something, and has the view follow. */
export async function change(method: string, path: string, body?: JsonObject): Promise<void> {
  await ask(method, path, body)
  await theClient().sync()
}
