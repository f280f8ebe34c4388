#!/usr/bin/env node
// Runs a script against a built package: `node pkg/scripts/built.mjs SCRIPT ARGUMENTS...`. Its stdout is the script's
// alone; relative paths in the arguments mean what they mean where `npm run` was typed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { root } from './lib/paths.mjs'
import { Failure, main, run } from './lib/run.mjs'
import { setup } from './setup/index.mjs'

await main(async () => {
  const [script, ...args] = process.argv.slice(2)
  if (!script || !existsSync(join(root, script))) throw new Failure(`there is no script \`${script}\``)
  await setup()
  await build()
  await run(process.execPath, [join(root, script), ...args], { cwd: process.env.INIT_CWD ?? root, stdout: 'inherit' })
})
