/**
 * Doing something: the engine says what would have to be written and which events follow; the device writes it at the
 * revision it was decided at. If somebody (another tab) wrote in between, the engine is asked again.
 */
import { signal } from '@preact/signals'
import type { Call, FactsInput, Key, StepResult } from 'lictor'
import type { Device, World } from './device.js'
import { type RepositoryRecord, asRecord } from './document.js'
import { note } from './log.js'
import { nameOf } from './people.js'
import { heldFacts, online, recordById, subject, subjectId, theEngine, world } from './state.js'

export type Outcome =
  { t: 'done'; id: string; revision: string } | { t: 'refused'; message: string } | { t: 'unknown'; missing: Key[] }

/** What is read out and shown in the corner after something was done. */
export interface Message {
  kind: 'good' | 'bad'
  text: string
}
export const message = signal<Message | null>(null)
export const busy = signal(false)

const TRIES = 3
let device: Device | undefined

export function useDevice(opened: Device): void {
  device = opened
  show(opened.world)
  opened.onElsewhere(() => show(opened.world))
}

export function theDevice(): Device {
  if (!device) throw new Error('the store is not open')
  return device
}

export function show(latest: World): void {
  world.value = latest
}

export function runTransition(id: string, transition: string): Promise<Outcome> {
  return run(id, () => ({ do: 'transition', subject: subject.value, resource: { type: 'record', id }, transition }))
}

export function runUpdate(id: string, title: string): Promise<Outcome> {
  return run(id, () => ({
    do: 'update',
    subject: subject.value,
    resource: { type: 'record', id },
    set: [{ path: 'metadata.title', value: title }],
  }))
}

export function runCreate(community: string, metadata: RepositoryRecord['metadata']): Promise<Outcome> {
  const id = newId()
  return run(id, () => ({ do: 'create', subject: subject.value, id, community, record: { id, metadata } }))
}

async function run(id: string, call: () => Call): Promise<Outcome> {
  busy.value = true
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const outcome = await attempt(id, call())
      if (outcome) return outcome
    }
    return { t: 'refused', message: 'It was changed elsewhere again and again. Nothing was written.' }
  } catch (error) {
    // No room, a store closed by another tab, a fault of the input: said where it happened, not swallowed.
    return { t: 'refused', message: `${complaint(error)} Nothing was written.` }
  } finally {
    busy.value = false
  }
}

/** One decision and one commit; nothing if the commit came too late and all has to be decided again. */
async function attempt(id: string, call: Call): Promise<Outcome | null> {
  const { revision } = world.value
  const result: StepResult = theEngine().step(call, factsOf(id))
  // All facts of this device were given already: what is still wanted was put aside by whoever sits in front of it.
  if (result.t === 'need') return { t: 'unknown', missing: result.wanted }
  if (result.outcome === 'refused') return { t: 'refused', message: result.error?.message ?? 'It was refused.' }
  const stored = await theDevice().commit(result.changes, revision)
  show(theDevice().world)
  if (!stored) return null
  const record = recordById(id)
  note(call.do, result.events, {
    who: nameOf(world.value.facts, subjectId.value),
    record: id,
    title: record?.metadata.title ?? id,
    revision: world.value.revision,
    offline: !online.value,
  })
  return { t: 'done', id, revision: world.value.revision }
}

/** The facts held, and this one record: present, or proven absent. */
function factsOf(id: string): FactsInput {
  const record = world.value.facts.records?.[id]
  const held = heldFacts.value
  const proof = { relation: 'record' as const, where: { id } }
  const certificates = Array.isArray(held.complete) ? held.complete : []
  return { ...held, ...(record ? { records: { [id]: asRecord(record) } } : {}), complete: [...certificates, proof] }
}

/** An error as a sentence. */
export function complaint(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}

function newId(): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'
  const draw = crypto.getRandomValues(new Uint8Array(10))
  const text = Array.from(draw, (byte) => letters[byte & 31]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}
