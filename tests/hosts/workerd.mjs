import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { ask } from './question.mjs'

/** As deployed without a bundler: the worker, the entry for workerd and the wasm are three modules. */
export async function askInWorkerd(folder) {
  const dist = join(folder, 'node_modules/lictor/dist')
  const worker = `
    import * as lictor from './workerd.js'
    export default { fetch: async () => new Response(await ask(lictor)) }
    ${ask}`
  const host = new Miniflare({
    compatibilityDate: '2026-04-01',
    modules: [
      { type: 'ESModule', path: 'worker.js', contents: worker },
      { type: 'ESModule', path: 'workerd.js', contents: readFileSync(join(dist, 'workerd.js'), 'utf8') },
      { type: 'CompiledWasm', path: 'lictor.wasm', contents: readFileSync(join(dist, 'lictor.wasm')) },
    ],
  })
  try {
    return await (await host.dispatchFetch('http://worker/')).text()
  } finally {
    await host.dispose()
  }
}
