/** The shipped policy, as a host loads it that changes nothing. */
import { createEngine, type Engine as LictorEngine, type Vocabulary } from 'lictor'

export type Engine = LictorEngine<Vocabulary>

/** Page and server start with the same document, so they agree on its hash; a newer one the server would send. */
export async function startEngine(): Promise<Engine> {
  return createEngine()
}
