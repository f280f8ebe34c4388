export { createEngine, Engine, Facts, type FieldName, vocabulary } from './engine.js'
export { type Fault, LictorError } from './errors.js'
export type { OarepoVocabulary, PresetName, PresetVocabularies, RepositoryVocabulary } from './generated/presets.js'
export type * from './types.js'
