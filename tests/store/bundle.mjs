// Bundles the stores, and what a test adds, straight from their sources: the tests need no built package.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const stores = fileURLToPath(new URL('../../pkg/src/store/index.ts', import.meta.url))

/** A script that sets `globalThis.lictor` to what the stores and `modules` (paths beside this file) export. */
export async function pageScript(modules) {
  const lines = [stores, ...modules.map((name) => join(here, name))].map(
    (path, i) => `import * as m${i} from ${JSON.stringify(path)}`,
  )
  const all = lines.map((_, i) => `...m${i}`).join(', ')
  const contents = `${lines.join('\n')}\nglobalThis.lictor = { ${all} }`
  const { outputFiles } = await build({
    ...options,
    stdin: { contents, resolveDir: here },
    format: 'iife',
    platform: 'browser',
  })
  return outputFiles[0].text
}

/** The exports of the stores, under Node. */
export async function importStores() {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-store-'))
  try {
    const outfile = join(folder, 'store.mjs')
    await build({ ...options, entryPoints: [stores], format: 'esm', platform: 'node', write: true, outfile })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const options = { bundle: true, target: 'es2022', write: false, logLevel: 'silent' }
