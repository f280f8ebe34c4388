/** The shipped policy, with the fourth role a deployment may add: an admin, who holds all ten actions. */
import { createEngine, type Engine as LictorEngine, type Vocabulary } from 'lictor'

export type Engine = LictorEngine<Vocabulary>

const TEN = [
  'read',
  'create',
  'update',
  'request-approval',
  'approve',
  'revert-approve',
  'request-changes',
  'delete',
  'publish',
  'unpublish',
]

/** Page and server start with the same document, so they agree on its hash; a newer one the server would send. */
export async function startEngine(): Promise<Engine> {
  const changes = { roles: ['member', 'curator', 'publisher', 'admin'], grants: { admin: TEN } }
  return createEngine({ policy: 'oarepo', changes })
}
