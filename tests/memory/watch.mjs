// The memory of a build: the package does not show it, so it is caught when the `.wasm` starts.

const Instance = WebAssembly.Instance
const started = []

WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given)
    // By what it is: builds call it whatever is shortest.
    started.push(...Object.values(this.exports).filter((one) => one instanceof WebAssembly.Memory))
  }
}

/** Loads a build and starts it with these options: its module, how an engine is opened, and how many bytes there are. */
export async function memoryOf(path, options) {
  const module = await import(path)
  const open = () => module.createEngine(options)
  const before = started.length
  const engine = await open()
  engine.free()
  if (started.length !== before + 1) throw new Error(`${path} started ${started.length - before} memories`)
  const memory = started[before]
  return { module, open, bytes: () => memory.buffer.byteLength }
}
