// The short form of `scale.mjs`: what a list costs at 10,000 and at 100,000 records.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { growing, measure, probes, table } from './scale.mjs'

const sizes = [10_000, 100_000]

for (const [name, open] of Object.entries(probes)) {
  test(`a list page costs the same at ten times the records: ${name}`, async (t) => {
    const probe = await open()
    try {
      const rows = await measure(probe, sizes)
      for (const line of table(probe, sizes, rows).split('\n')) t.diagnostic(line)
      assert.deepEqual(growing(rows), [])
    } finally {
      await probe.close()
    }
  })
}
