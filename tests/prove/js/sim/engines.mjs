// The engines of histories: each of a policy that nodes may be given, by its number, or of a document that a client fetched.

import { createEngine } from 'lictor'
import { oarepo } from './repository.mjs'
import { whole } from './whole.mjs'

/** What a history is about, by the policy's name. */
export const MODELS = { oarepo, repository: whole }

/** Engines live as long as the process: making one takes longer than a history. */
const engines = new Map()

export async function engineOf({ policy, policies }, number) {
  const key = `${policy} ${number}`
  if (!engines.has(key)) engines.set(key, await createEngine({ policy, changes: policies[number] }))
  return engines.get(key)
}

/** The engine of a policy document that a client fetched. */
export async function engineOfDocument(policy) {
  const key = JSON.stringify(policy)
  if (!engines.has(key)) engines.set(key, await createEngine({ policy }))
  return engines.get(key)
}
