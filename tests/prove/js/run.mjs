// The JavaScript part of `npm run prove`. Writes progress to stderr, and what it found as JSON to the channel its parent
// reads: `node run.mjs [--full] [--workers N] PART...`.

import { parseArgs } from 'node:util'
import { TITLES } from './parts.mjs'
import { runPart } from './suite.mjs'

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false }, workers: { type: 'string' } },
  allowPositionals: true,
})
const workers = values.workers && { workers: Number(values.workers) }
for (const part of positionals) {
  const name = TITLES[part]
  process.stderr.write(`> ${name}\n`)
  const start = performance.now()
  const said = (text) => process.stderr.write(`  ${text}\n`)
  const work = runPart(part, { full: values.full, said, ...workers })
  const found = await work.catch((error) => ({ figures: {}, faults: [error.stack] }))
  process.send({ name, seconds: (performance.now() - start) / 1000, ...found })
}
// Pools of connections and browsers have ended; what is left would only keep the process.
process.disconnect()
