import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../lib/run.mjs'
import { EXPORT, IMPORT, leb, moduleOf, number, section, sections, text, textOf } from './binary.mjs'

/** What `pkg/src/wasm.ts` calls without the glue. */
const KEPT = ['memory', 'wasmlens_can', 'wasmlens_can_cell']

/**
 * What wasm and glue call each other by, in one or two letters. wasm-bindgen's names end in hashes, which nothing compresses, and
 * stand in both files.
 */
export function shortNames(folder, name) {
  const file = join(folder, `${name}_bg.wasm`)
  const script = join(folder, `${name}.js`)
  const wasm = readFileSync(file)
  const imported = shortened(wasm, IMPORT)
  const exported = shortened(wasm, EXPORT)
  const kept = sections(wasm).map(({ id, bytes }) => ({ [IMPORT]: imported, [EXPORT]: exported })[id]?.bytes ?? bytes)
  writeFileSync(file, moduleOf(wasm, kept))
  let glue = readFileSync(script, 'utf8')
  for (const [long, short] of imported.names)
    glue = once(glue, `        ${long}: function(`, `        ${short}: function(`)
  glue = once(glue, `"./${name}_bg.js": import0`, '"": import0')
  for (const [long, short] of exported.names)
    glue = glue.replaceAll(new RegExp(`\\bwasm\\.${long}\\b`, 'g'), `wasm.${short}`)
  writeFileSync(script, glue)
}

/** The same section with short names, and which stands for which. Imports have a module before their name: the glue. */
function shortened(wasm, id) {
  const { start, end } = sections(wasm).find((section) => section.id === id)
  const names = new Map()
  const [count, first] = number(wasm, start)
  const entries = []
  for (let at = first; at < end;) {
    if (id === IMPORT) [, at] = text(wasm, at)
    const [long, kind] = text(wasm, at)
    ;[, at] = number(wasm, kind + 1)
    const short = KEPT.includes(long) ? long : letters(names.size)
    names.set(long, short)
    entries.push(...(id === IMPORT ? [textOf('')] : []), textOf(short), wasm.subarray(kind, at))
  }
  return { names, bytes: section(id, leb(count), ...entries) }
}

function letters(number) {
  const rest = Math.floor(number / 26)
  return (rest === 0 ? '' : letters(rest - 1)) + String.fromCharCode(97 + (number % 26))
}

function once(glue, long, short) {
  const count = glue.split(long).length - 1
  if (count === 1) return glue.replace(long, short)
  throw new Failure(
    `the glue has \`${long}\` ${count} times instead of once`,
    'wasm-bindgen writes it differently now: adapt pkg/scripts/build/short-names.mjs',
  )
}
