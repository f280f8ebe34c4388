// The JavaScript part of `npm run prove`. Writes progress to stderr, and what it found as JSON lines to the channel its
// parent reads: `node run.mjs [--full]`.

import { PARTS, runPart } from './suite.mjs'

const full = process.argv.includes('--full')
for (const name of Object.keys(PARTS)) {
  process.stderr.write(`> ${name}\n`)
  const start = performance.now()
  const said = (text) => process.stderr.write(`  ${text}\n`)
  const found = await runPart(name, { full, said }).catch((error) => ({ figures: {}, faults: [error.stack] }))
  process.send({ name, seconds: (performance.now() - start) / 1000, ...found })
}
// Pools of connections and browsers have ended; what is left would only keep the process.
process.disconnect()
