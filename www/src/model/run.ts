/** Doing something: the client records it on this device and shows its effect; the server decides when it is reached. */
import { signal } from '@preact/signals'
import type { Key } from 'lictor'
import { ClientError, type Command, type IntentArgs } from 'lictor/client'
import { theClient } from './account.js'
import type { RecordMetadata } from './document.js'

export type Outcome =
  { t: 'done'; id: string } | { t: 'refused'; message: string } | { t: 'unknown'; missing: Key[]; resolve?: string }

/** What is read out and shown in the corner after something was done. */
export interface Message {
  kind: 'good' | 'bad'
  text: string
}
export const message = signal<Message | null>(null)
export const busy = signal(false)

export function runTransition(id: string, transition: string): Promise<Outcome> {
  return run({ action: transition, target: { relation: 'record', id }, args: {} })
}

export function runUpdate(id: string, path: string, value: string): Promise<Outcome> {
  return run({ action: 'update', target: { relation: 'record', id }, args: { set: [{ path, value }] } })
}

export function runCreate(community: string, metadata: RecordMetadata): Promise<Outcome> {
  const id = newId()
  return run({ action: 'create', target: { relation: 'record', id }, args: { community, record: { id, metadata } } })
}

/** A refused command once more, with other words if given. */
export function runAgain(n: number, args?: IntentArgs): Promise<Outcome> {
  return guarded(() => theClient().retry(n, args))
}

function run(command: Command): Promise<Outcome> {
  return guarded(() => theClient().do(command))
}

async function guarded(work: () => ReturnType<ReturnType<typeof theClient>['do']>): Promise<Outcome> {
  busy.value = true
  try {
    const { target } = await work()
    return { t: 'done', id: target.relation === 'record' ? target.id : '' }
  } catch (error) {
    if (error instanceof ClientError && error.code === 'ask' && error.prediction) {
      const { missing, resolve } = error.prediction
      return { t: 'unknown', missing, ...(resolve && { resolve }) }
    }
    // No room, a fault of the input: said where it happened, not swallowed.
    return { t: 'refused', message: `${complaint(error)} Nothing was written.` }
  } finally {
    busy.value = false
  }
}

/** An error as a sentence. */
export function complaint(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}

/** Short enough to be read out, drawn from 50 bits of chance. */
function newId(): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  const draw = crypto.getRandomValues(new Uint8Array(10))
  const text = Array.from(draw, (byte) => letters[byte & 31]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}
