/** The shipped policy, as a host loads it that keeps no access lists: a device can then say of others too what they may do. */
import { createEngine, type Engine as LictorEngine, type Vocabulary } from 'lictor'

export type Engine = LictorEngine<Vocabulary>

/** Page and server start with the same document, so they agree on its hash; a newer one the server would send. */
export async function startEngine(): Promise<Engine> {
  return createEngine({ changes: { define: { switch_access_lists: 'never' } } })
}
