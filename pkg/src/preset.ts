import type { JsonObject } from './types.js'

/** The shape of every `lictor/presets/NAME` module: a policy document. */
declare const document: JsonObject
export default document
