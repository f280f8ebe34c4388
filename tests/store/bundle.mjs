// Bundles the stores, and what a test adds, straight from their sources: the tests need no built package.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const source = (name) => fileURLToPath(new URL(`../../pkg/src/store/${name}.ts`, import.meta.url))

/** A script that sets `globalThis.lictor` to what the stores and `modules` (paths beside this file) export. */
export async function pageScript(modules) {
  const lines = [source('index'), ...modules.map((name) => join(here, name))].map(
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

/** The exports of the stores, under Node: those for everywhere, or the one named (`sqlite`, `postgres`). */
export async function importStores(name = 'index') {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-store-'))
  try {
    const outfile = join(folder, 'store.mjs')
    const entryPoints = [source(name)]
    await build({ ...options, entryPoints, format: 'esm', platform: 'node', write: true, outfile, plugins: [npm] })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The text of a worker, from a file beside this one. */
export async function workerScript(name) {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [join(here, name)],
    format: 'esm',
    platform: 'browser',
  })
  return outputFiles[0].text
}

/** Packages with native parts cannot be bundled, and a temporary folder has none of its own. */
const npm = {
  name: 'npm',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined
      return { path: path.startsWith('node:') ? path : import.meta.resolve(path), external: true }
    })
  },
}

const options = { bundle: true, target: 'es2022', write: false, logLevel: 'silent' }
