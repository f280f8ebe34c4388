/** The demo's own doors at the server: more records, the first day again, what listeners heard. */
import type { Heard } from '../api/heard.js'
import { subjectId, theClient } from './account.js'
import { fetchAs } from './network.js'

export const MANY = 10_000
const PARTS = 10

async function ask(path: string, method: string): Promise<Response> {
  const response = await fetchAs(subjectId.value)(`api/demo/${path}`, { method }).catch(() => {
    throw new Error('the server cannot be reached')
  })
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
  return response
}

/** Ten thousand records more; `progress` hears how many are on the server. */
export async function addMany(progress: (stored: number) => void): Promise<void> {
  for (let part = 0; part < PARTS; part++) {
    await ask(`more/${part}`, 'POST')
    progress(((part + 1) * MANY) / PARTS)
  }
  await theClient().sync()
}

export async function startAgain(): Promise<void> {
  await ask('reset', 'POST')
  const client = theClient()
  for (const { intent, verdict } of client.outbox()) if (verdict) await client.dismiss(intent.n)
  await client.sync()
}

export async function heard(): Promise<Heard[]> {
  return (await (await ask('heard', 'GET')).json()) as Heard[]
}
