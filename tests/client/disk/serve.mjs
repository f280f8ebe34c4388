// Bundles the disk and what a test adds, straight from their sources, and serves them on a page of any origin.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { servePage } from '../../store/served-page.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const source = fileURLToPath(new URL('../../../pkg/src/client/disk/index.ts', import.meta.url))
const options = { bundle: true, target: 'es2022', write: false, logLevel: 'silent' }

/** The exports of the disk, under Node. */
export async function importDisk() {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-disk-'))
  try {
    const outfile = join(folder, 'disk.mjs')
    await build({ ...options, entryPoints: [source], format: 'esm', platform: 'node', write: true, outfile })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Serves one page with `globalThis.disk`. `origin(label)`: each label is a storage of its own. */
export async function serve() {
  const contents = `import * as disk from ${JSON.stringify(source)}\nimport * as page from './page.mjs'\nglobalThis.disk = { ...disk, ...page }`
  const { outputFiles } = await build({
    ...options,
    stdin: { contents, resolveDir: here },
    format: 'iife',
    platform: 'browser',
  })
  return servePage('disk', outputFiles[0].text)
}
