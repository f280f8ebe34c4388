/** Doing something: the client records it on this device and shows its effect; the server decides when it is reached. */
import { signal } from '@preact/signals'
import type { JsonObject, Key } from 'lictor'
import { ClientError, type Command, type Done, type FieldEdit, type IntentArgs } from 'lictor/client'
import { theClient } from './account.js'
import { asRecord, isRecord, type Level, primaryOf, type RecordMetadata } from './document.js'
import { workOffline } from './network.js'
import { change } from './rest.js'

export type Outcome =
  | { t: 'done'; id: string; at: 'device' | 'server' }
  | { t: 'refused'; message: string }
  | { t: 'unknown'; missing: Key[]; resolve?: string }

/** What is read out and shown in the corner after something was done. */
export interface Message {
  kind: 'good' | 'bad'
  text: string
}
export const message = signal<Message | null>(null)
export const busy = signal(false)

/** Transitions that make a request give it an id. */
const ASKING = ['request-approval', 'revert-approve', 'include', 'request-access']

export function runTransition(id: string, transition: string, given: JsonObject = {}): Promise<Outcome> {
  const params = ASKING.includes(transition) ? { request: newId(), ...given } : given
  return guarded(async () => {
    try {
      return await onDevice({ action: transition, target: { relation: 'record', id }, args: { params } })
    } catch (error) {
      if (!mustAsk(error) || workOffline.value) throw error
      await change('POST', `${pathOf(id)}/${transition}`, params)
      return { id, at: 'server' }
    }
  })
}

/** What may not be guessed, and hangs on something this device was not told. */
const mustAsk = (error: unknown): boolean => error instanceof ClientError && error.code === 'ask'

/** Where the server has a record: under its community; a request by itself. */
export function pathOf(id: string): string {
  const value = theClient().record(id)?.value ?? {}
  if (!isRecord(value)) return `requests/${id}`
  return `${encodeURIComponent(primaryOf(asRecord(id, value)) || 'records')}/${id}`
}

export function runUpdate(id: string, set: FieldEdit[]): Promise<Outcome> {
  return guarded(() => onDevice({ action: 'update', target: { relation: 'record', id }, args: { set } }))
}

export function runCreate(
  community: string,
  metadata: RecordMetadata,
  access: { record: Level; files: Level },
): Promise<Outcome> {
  const id = newId()
  const record = { id, metadata, access }
  return guarded(() => onDevice({ action: 'create', target: { relation: 'record', id }, args: { community, record } }))
}

/** A refused command once more, with other words if given. */
export function runAgain(n: number, args?: IntentArgs): Promise<Outcome> {
  return guarded(async () => recorded(await theClient().retry(n, args)))
}

interface Deed {
  id: string
  at: 'device' | 'server'
}

async function onDevice(command: Command): Promise<Deed> {
  return recorded(await theClient().do(command))
}

const recorded = ({ target }: Done): Deed => ({ id: target.relation === 'record' ? target.id : '', at: 'device' })

async function guarded(work: () => Promise<Deed>): Promise<Outcome> {
  busy.value = true
  try {
    return { t: 'done', ...(await work()) }
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
export function newId(): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  const draw = crypto.getRandomValues(new Uint8Array(10))
  const text = Array.from(draw, (byte) => letters[byte & 31]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}
