#!/usr/bin/env node
// `npm run fuzz`: the deterministic fuzzing for a minute, or FUZZ_SECONDS; FUZZ_SEED repeats a run.
import { main, run, say } from './lib/run.mjs'
import { setup } from './setup/index.mjs'

await main(async () => {
  await setup()
  const { FUZZ_SECONDS = '60', FUZZ_SEED = String(Date.now()) } = process.env
  say(`FUZZ_SEED=${FUZZ_SEED}, ${FUZZ_SECONDS} seconds`)
  // Not the release profile: there a panic aborts, and the input that caused it could not be kept.
  const env = { FUZZ_SECONDS, FUZZ_SEED, CARGO_PROFILE_TEST_OPT_LEVEL: '3' }
  await run('cargo', ['test', '--test', 'fuzz_short', '--', '--nocapture'], { env, stdout: 'inherit' })
})
