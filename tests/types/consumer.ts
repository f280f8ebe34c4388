// A consumer's program: compiled in strict mode against the packed package, never run.
import { createEngine } from 'lictor'
import type { Decision, Evaluation, FactsInput, Key, PolicyInfo, PresetVocabularies, Vocabulary, Where } from 'lictor'
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

/** The words of all machines of a policy are its words. */
type Repository = PresetVocabularies['repository']

export const rename: Evaluation<Repository> = {
  subject: { type: 'anonymous', properties: { links: ['l1'] } },
  action: 'rename',
  resource: { type: 'community', id: 'c' },
}

export const misspelt: Evaluation<Repository> = {
  subject: { type: 'anonymous' },
  // @ts-expect-error no machine of the policy declares it
  action: 'renam',
  resource: { type: 'review', id: 'q1' },
}

export const states: Repository['state'][] = ['published', 'submitted']

export function typesOf({ types, machines }: PolicyInfo): string[] {
  return [...types, ...machines.flatMap((machine) => machine.types)].map(({ key }) => key)
}

export function isMoment(key: Key): boolean {
  return key.relation === 'time'
}

export function isOver(where: Where): boolean {
  return where.op === 'term' && where.over
}

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
