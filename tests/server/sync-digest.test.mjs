// The digest that rows of a view are compared by is SHA-256, cut to 96 bits.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const source = fileURLToPath(new URL('../../pkg/src/server/sync/digest.ts', import.meta.url))

async function load() {
  const folder = await mkdtemp(join(tmpdir(), 'lictor-digest-'))
  try {
    const outfile = join(folder, 'digest.mjs')
    await build({ entryPoints: [source], bundle: true, format: 'esm', outfile, logLevel: 'silent' })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('it agrees with SHA-256 for texts of every length around a block, and of every alphabet', async () => {
  const { digest, sha256 } = await load()
  const texts = ['', 'abc', 'é', '漢字', '😀', '\ud800', '\u0000', 'x'.repeat(100_000)]
  for (let length = 0; length < 300; length++) texts.push('a'.repeat(length), '€😀'.repeat(length % 50) + length)
  for (const text of texts) {
    const expected = createHash('sha256').update(text).digest()
    const words = [...sha256(text)].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
    assert.equal(words, expected.toString('hex'), text.slice(0, 40))
    assert.equal(digest(text), expected.subarray(0, 12).toString('base64url'), text.slice(0, 40))
  }
})
