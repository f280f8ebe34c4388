// The policy of `corpus/named.json` for a server: one record type, reviews that people can make and take back, and what can
// be done to communities.
import { readFileSync } from 'node:fs'

const corpus = JSON.parse(readFileSync(new URL('../corpus/named.json', import.meta.url), 'utf8'))
const { review, community } = corpus.changes.machines

export const reviews = {
  ...review,
  actions: [...review.actions, 'create', 'update', 'delete'],
  states: [...review.states, 'deleted'],
  transitions: [...review.transitions, { name: 'withdraw', action: 'delete', from: ['created'], to: 'deleted' }],
  rules: { ...review.rules, create: 'authenticated', update: 'owner', delete: 'owner' },
}

export const changes = {
  ...corpus.changes,
  types: corpus.changes.types.slice(0, 1),
  machines: { community, review: reviews },
}

const { note1: _, ...records } = corpus.facts.records
export const world = { ...corpus.facts, records }
