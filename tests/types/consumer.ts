// A consumer's program: compiled in strict mode against the packed package, never run.
import { createEngine } from 'lictor'
import type { Decision, Evaluation, FactsInput, Vocabulary } from 'lictor'
import { init } from 'lictor/slim'
import { openIndexedDBStore, openMemoryStore } from 'lictor/store'

interface Words extends Vocabulary {
  action: 'read' | 'publish'
  state: 'draft' | 'published'
}

export const question: Evaluation<Words> = {
  subject: { type: 'user', id: 4 },
  action: 'publish',
  resource: { type: 'record', id: 'r1' },
}

export const wrong: Evaluation<Words> = {
  subject: { type: 'anonymous' },
  // @ts-expect-error an action the vocabulary does not declare
  action: 'publsh',
  resource: { type: 'record' },
}

export const facts: FactsInput<Words> = { memberships: [{ community: 'c', user: 4, role: 'curator' }], complete: true }

export function isAllowed(decision: Decision): boolean {
  // @ts-expect-error an answer is one of three words
  if (decision.decision === 'yes') return false
  return decision.decision === 'allow'
}

export async function start(): Promise<void> {
  await createEngine()
  init(fetch('/lictor.wasm'))
  void openMemoryStore
  void openIndexedDBStore
}
