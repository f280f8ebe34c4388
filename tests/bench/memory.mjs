// wasm memory must not grow, however long an engine decides.
import { ACTIONS } from './generate.mjs'

const memories = []
const Instance = WebAssembly.Instance

/** Call before the engine starts: the package does not show its memory, so it is caught when it is made. */
export function watchMemory() {
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given)
      if (this.exports.memory) memories.push(this.exports.memory)
    }
  }
}

export const wasmBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)

/** Bytes before and after `decisions` of every kind. Throws if there are more. */
export function flatMemory({ engine, read, subject, records, decisions }) {
  const index = engine.index(records)
  const session = engine.session(subject, read)
  const turn = (number) => {
    const at = (number * 7919) % records.length
    const action = ACTIONS[number % ACTIONS.length]
    session.can(index.at(at), action)
    session.mask(index.at(at))
    if (number % 10 === 0) session.canRecord(records[at], action)
    if (number % 1000 === 0)
      engine.check({ subject, action, resource: { type: 'record', properties: records[at] } }, read)
    if (number % 5000 === 0) {
      const list = session.visible(index, action)
      list.page(0, 50)
      list.bits()
      const another = engine.session(subject, read)
      another.visible(index).rows()
      another.free()
    }
  }
  // Tables and allocator settle first.
  const settle = Math.min(decisions, 50_000)
  for (let number = 0; number < settle; number++) turn(number)
  const before = wasmBytes()
  for (let number = 0; number < decisions; number++) turn(number)
  const after = wasmBytes()
  session.free()
  index.free()
  if (memories.length === 0) throw new Error('the memory of the engine was not found')
  if (after > before) throw new Error(`wasm memory grew from ${before} to ${after} bytes over ${decisions} decisions`)
  return { before, after, decisions }
}
