/** The one place that makes the engine. Everything allowed, denied or unknown on the page comes from it. */
import { createEngine, type Decision, type Engine as LictorEngine, type Vocabulary } from 'lictor'

export type Engine = LictorEngine<Vocabulary>
export type Decisions = { [action: string]: Decision | undefined }

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

/** The shipped policy, with the fourth role a deployment may add: an admin, who holds all ten actions. */
export async function startEngine(): Promise<Engine> {
  const changes = { roles: ['member', 'curator', 'publisher', 'admin'], grants: { admin: TEN } }
  return createEngine({ policy: 'oarepo', changes })
}
