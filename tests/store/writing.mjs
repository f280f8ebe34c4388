// Starts writers (`writer.mjs`) and listens to what they say.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('writer.mjs', import.meta.url))

/** A writer on the store of this kind at this address; `times` as `writer.mjs` takes it. */
export function startWriter(kind, address, times) {
  const child = spawn(process.execPath, [program, kind, address, ...(times ? [times] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const killNow = () => child.kill('SIGKILL')
  process.once('exit', killNow)
  const closed = once(child, 'close').finally(() => process.off('exit', killNow))
  const writer = {
    /** The writes that were acknowledged to it. */
    acknowledged: [],
    lost: 0,
    /** Resolves when it has so many acknowledged writes. */
    async reached(count) {
      while (writer.acknowledged.length < count && child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5))
      assert.ok(writer.acknowledged.length >= count, `the writer ended after ${writer.acknowledged.length} writes`)
    },
    async kill() {
      killNow()
      await closed
    },
    async finished() {
      const [code] = await closed
      assert.equal(code, 0, 'the writer failed')
    },
  }
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'lost') writer.lost += 1
    else writer.acknowledged.push(Number(line.slice('ack '.length)))
  })
  return writer
}

/** Every acknowledged write is there, and none was acknowledged twice. */
export function checkAcknowledged(writers, found) {
  const all = writers.flatMap(({ acknowledged }) => acknowledged)
  assert.equal(new Set(all).size, all.length, 'a write was acknowledged to two')
  const missing = all.filter((n) => n > found)
  assert.deepEqual(missing, [], 'acknowledged and lost')
  return all.length
}
