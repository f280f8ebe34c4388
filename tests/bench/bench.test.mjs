// The benchmark as a smoke run: what is exact is asserted, no time is.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

test('engines agree, memory is flat and columns are small', async () => {
  const script = fileURLToPath(new URL('run.mjs', import.meta.url))
  // It fails by itself if two engines disagree or wasm memory grows.
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick'])
  assert.match(stdout, /^All engines agree on [\d,]{6,} answers\.$/m)
  assert.match(stdout, /^wasm memory: \d+ bytes before and after 1,000,000 rounds of decisions\.$/m)
  const [, bytes] = /: ([\d.]+) bytes a record/.exec(stdout) ?? []
  assert.ok(Number(bytes) <= 4, `${bytes} bytes a record`)
})

test('what access lists come to after a change is what they come to anew', async () => {
  const script = fileURLToPath(new URL('applied.mjs', import.meta.url))
  // It fails by itself if a change tells of other records than those whose field is another.
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick'])
  assert.match(stdout, /^All changes agree with [\d,]{6,} fields worked out anew\.$/m)
})
