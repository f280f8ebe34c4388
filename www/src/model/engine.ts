/** The one engine of this page. Everything allowed, denied or unknown on it comes from here. */
import { type Engine, startEngine as start } from '../policy.js'

let engine: Engine | undefined

/** Resolves when it answers; nothing is shown before. */
export async function startEngine(): Promise<void> {
  engine = await start()
}

export function theEngine(): Engine {
  if (!engine) throw new Error('the engine has not started')
  return engine
}
