import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { checkGlue, dist, glue, root } from '../lib/paths.mjs'
import { say } from '../lib/run.mjs'

/** Measures what a user downloads, prints it and writes `dist/sizes.json`. Scripts are minified, as a bundler does. */
export async function sizes() {
  const { build } = await import('esbuild')
  const minified = async (file, taken = '*') => {
    const options = {
      stdin: { contents: `export ${taken} from ${JSON.stringify(file)}`, resolveDir: root },
      bundle: true,
      minify: true,
      write: false,
      packages: 'external',
      format: 'esm',
    }
    return (await build({ ...options, logLevel: 'error' })).outputFiles[0].contents
  }
  const measured = {
    wasm: measure(readFileSync(join(dist, 'lictor.wasm'))),
    glue: measure(await minified(join(glue, 'lictor.js'))),
    slim: measure(await minified(join(dist, 'slim.js'))),
    browser: measure(await minified(join(dist, 'browser.js'))),
    store: measure(await minified(join(dist, 'store.js'))),
    check_wasm: measure(readFileSync(join(checkGlue, 'check_bg.wasm'))),
    check_glue: measure(await minified(join(checkGlue, 'check.js'), '{ initSync, WasmEngine }')),
    check_slim: measure(await minified(join(dist, 'check-slim.js'))),
    check: measure(await minified(join(dist, 'check.js'))),
    tools: measure(readFileSync(join(dist, 'lictor-tools.wasm'))),
  }
  writeFileSync(join(dist, 'sizes.json'), `${JSON.stringify(measured, null, 2)}\n`)
  const meaning = {
    wasm: 'the engine',
    glue: 'wasm-bindgen',
    slim: 'facade + glue, the wasm beside it',
    browser: 'facade + glue + inlined wasm',
    store: 'lictor/store',
    check_wasm: 'the engine of lictor/check',
    check_glue: 'wasm-bindgen of lictor/check',
    check_slim: 'lictor/check/slim: facade + glue + policy, the wasm beside it',
    check: 'lictor/check: facade + glue + inlined wasm + policy',
    tools: 'the wasm of lictor/tools, for hosts',
  }
  say('  bytes         plain     gzip   brotli')
  for (const [name, { plain, gzip, brotli }] of Object.entries(measured)) {
    const columns = [plain, gzip, brotli].map((bytes) => String(bytes).padStart(9))
    say(`  ${name.padEnd(10)}${columns.join('')}  ${meaning[name]}`)
  }
  const page = measured.check_wasm.brotli + measured.check_slim.brotli
  say(`  engine download (wasm + glue, brotli): ${measured.wasm.brotli + measured.glue.brotli}`)
  say(`  a page with the default policy (lictor/check/slim and its wasm, brotli): ${page}`)
}

function measure(bytes) {
  return { plain: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }
}
