// Parts of the client that the package does not export, straight from their sources.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const sources = fileURLToPath(new URL('../../../pkg/src/client/', import.meta.url))

/** The exports of these files of the client, together. */
export async function internals(...names) {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-client-'))
  const contents = names.map((name) => `export * from ${JSON.stringify(join(sources, name))}`).join('\n')
  const outfile = join(folder, 'internals.mjs')
  const options = { bundle: true, format: 'esm', platform: 'node', target: 'es2022', packages: 'external' }
  try {
    await build({ ...options, stdin: { contents, resolveDir: sources }, outfile, logLevel: 'silent' })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}
