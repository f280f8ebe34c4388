// As much of WebAssembly's binary format as the build needs: sections, and numbers in them.

/** Numbers of sections. */
export const CUSTOM = 0
export const IMPORT = 2
export const EXPORT = 7
export const CODE = 10

const HEADER = 8

/** The sections of a module: their number, where their content starts and ends, and all of their bytes. */
export function sections(wasm) {
  const found = []
  for (let at = HEADER; at < wasm.length;) {
    const [size, start] = number(wasm, at + 1)
    found.push({ id: wasm[at], start, end: start + size, bytes: wasm.subarray(at, start + size) })
    at = start + size
  }
  return found
}

/** A module of these sections. */
export function moduleOf(wasm, sections) {
  return Buffer.concat([wasm.subarray(0, HEADER), ...sections])
}

export function section(id, ...content) {
  const bytes = Buffer.concat(content)
  return Buffer.concat([Buffer.of(id), leb(bytes.length), bytes])
}

/** A text with its length before it, and where it ends. */
export function text(wasm, at) {
  const [length, start] = number(wasm, at)
  return [wasm.toString('utf8', start, start + length), start + length]
}

export function textOf(value) {
  const bytes = Buffer.from(value)
  return Buffer.concat([leb(bytes.length), bytes])
}

/** An unsigned LEB128 number and where it ends. */
export function number(wasm, at) {
  let value = 0
  let shift = 0
  let byte
  do {
    byte = wasm[at++]
    value += (byte & 127) * 2 ** shift
    shift += 7
  } while (byte & 128)
  return [value, at]
}

export function leb(value) {
  const bytes = []
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0))
    value >>>= 7
  } while (value > 0)
  return Buffer.from(bytes)
}
