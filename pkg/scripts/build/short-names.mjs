import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../lib/run.mjs'
import { EXPORT, IMPORT, leb, moduleOf, number, section, sections, text, textOf } from './binary.mjs'

/** What `pkg/src/wasm.ts` calls without the glue. */
const KEPT = ['memory', 'wasmlens_can', 'wasmlens_can_cell']

/**
 * What wasm and glue call each other by, in one or two letters. wasm-bindgen's names end in hashes, which nothing compresses, and
 * stand in both files. Short ones say nothing of what they stand for, so a hash of all is where wasm looks for its imports: with the
 * glue of another build it does not start.
 */
export function shortNames(folder, name) {
  const file = join(folder, `${name}_bg.wasm`)
  const script = join(folder, `${name}.js`)
  const wasm = readFileSync(file)
  const all = sections(wasm).filter(({ id }) => id === IMPORT || id === EXPORT)
  const both = createHash('sha256')
    .update(Buffer.concat(all.map(({ bytes }) => bytes)))
    .digest('hex')
    .slice(0, 8)
  let glue = readFileSync(script, 'utf8')
  const imported = shortened(wasm, IMPORT, both)
  // What the glue does not call is for hosts of other kinds.
  const exported = shortened(wasm, EXPORT, both, (long) => KEPT.includes(long) || glue.includes(`wasm.${long}`))
  for (const [long, short] of imported.names)
    glue = once(glue, `        ${long}: function(`, `        ${short}: function(`)
  glue = once(glue, `"./${name}_bg.js": import0`, `"${both}": import0`)
  for (const [long, short] of exported.names)
    glue = glue.replaceAll(new RegExp(`\\bwasm\\.${long}\\b`, 'g'), `wasm.${short}`)
  const kept = sections(wasm).map(({ id, bytes }) => ({ [IMPORT]: imported, [EXPORT]: exported })[id]?.bytes ?? bytes)
  writeFileSync(file, moduleOf(wasm, kept))
  writeFileSync(script, glue)
}

/** The same section with short names, and which stands for which. Imports have a module before their name. */
function shortened(wasm, id, module, used = () => true) {
  const { start, end } = sections(wasm).find((section) => section.id === id)
  const names = new Map()
  const [, first] = number(wasm, start)
  const entries = []
  for (let at = first; at < end;) {
    if (id === IMPORT) [, at] = text(wasm, at)
    const [long, kind] = text(wasm, at)
    ;[, at] = number(wasm, kind + 1)
    if (!used(long)) continue
    const short = KEPT.includes(long) ? long : letters(names.size)
    names.set(long, short)
    const before = id === IMPORT ? [textOf(module)] : []
    entries.push(Buffer.concat([...before, textOf(short), wasm.subarray(kind, at)]))
  }
  return { names, bytes: section(id, leb(entries.length), ...entries) }
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
