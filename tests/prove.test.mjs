// The short form of `npm run prove` but its native part, which runs with `cargo test`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PARTS, runPart } from './prove/js/suite.mjs'

for (const name of Object.keys(PARTS)) {
  test(name, async (t) => {
    // The machine is shared with other tests.
    const { figures, faults } = await runPart(name, { workers: 3 })
    for (const [figure, value] of Object.entries(figures)) t.diagnostic(`${figure}: ${value}`)
    assert.deepEqual(faults, [])
  })
}
