// What most pages do: look at what is allowed. No operations, no views, no lists, no remedies; what access lists come to instead of
// these, and policies that were compiled (`tools.compiled()` of `lictor/tools`): so the download is a fraction. `entry/` brings the `.wasm`.
import compiled from 'compiled:repository'
import { WasmEngine } from '../../wasm-check/check.js'
import { Checker } from '../checker.js'
import { bytesOfText } from '../entry/text.js'
import { guarded, LictorError, onlyOptions } from '../errors.js'
import type { RepositoryVocabulary } from '../generated/presets.js'
import type { Vocabulary } from '../types.js'
import { ready } from '../wasm.js'

/** Loads the default policy, `repository`. */
export function createEngine(): Promise<Checker<RepositoryVocabulary>>
/** Loads a policy that this version of lictor compiled. */
export function createEngine<V extends Vocabulary = Vocabulary>(options: { policy: Uint8Array }): Promise<Checker<V>>
export async function createEngine(options: { policy?: Uint8Array } = {}): Promise<Checker> {
  onlyOptions(options, ['policy'])
  const policy = options.policy ?? bytesOfText(compiled)
  if (!(policy instanceof Uint8Array)) {
    const message = 'a compiled policy is bytes; documents are read by `lictor`, and compiled by `lictor/tools`'
    throw new LictorError([{ code: 'malformed', path: 'policy', message }])
  }
  await ready()
  return new Checker(guarded(() => new WasmEngine(policy)))
}

export { Checker, Facts } from '../checker.js'
export { type Fault, LictorError } from '../errors.js'
export type { RepositoryVocabulary } from '../generated/presets.js'
export type * from '../types.js'
