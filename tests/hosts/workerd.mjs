import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { ask } from './question.mjs'

/** As deployed without a bundler: the worker, the entry for workerd and its wasm are three modules. */
export async function askInWorkerd(folder, { entry = 'workerd.js', wasm = 'lictor.wasm' } = {}) {
  const dist = join(folder, 'node_modules/lictor/dist')
  const worker = `
    import * as lictor from './${entry}'
    export default { fetch: async () => new Response(await ask(lictor)) }
    ${ask}`
  const host = new Miniflare({
    compatibilityDate: '2026-04-01',
    modules: [
      { type: 'ESModule', path: 'worker.js', contents: worker },
      { type: 'ESModule', path: entry, contents: readFileSync(join(dist, entry), 'utf8') },
      { type: 'CompiledWasm', path: wasm, contents: readFileSync(join(dist, wasm)) },
    ],
  })
  try {
    return await (await host.dispatchFetch('http://worker/')).text()
  } finally {
    await host.dispose()
  }
}
