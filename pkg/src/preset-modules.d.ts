/** A policy document, inlined by the build. */
declare module 'preset:*' {
  const document: import('./types.js').JsonObject
  export default document
}
/** A policy document as a module of the package; see `exports` in package.json. */
declare module 'lictor/presets/*' {
  const document: import('./types.js').JsonObject
  export default document
}
/** The same policy as bytes, for `lictor/check`: the build makes them. */
declare module 'compiled:repository' {
  const text: string
  export default text
}
