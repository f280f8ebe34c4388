/**
 * The one question every host is asked; it crosses into the wasm and back. Its source is pasted into programs for
 * other hosts, so it uses nothing but its argument.
 */
export async function ask({ createEngine }) {
  const engine = await createEngine()
  return String(engine.version)
}
