#!/usr/bin/env node
// `npm run build`: from sources to `pkg/dist`, the package as it is published. `--debug` keeps panic messages.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundle } from './build/bundle.mjs'
import { declarations } from './build/declarations.mjs'
import { generate, presets } from './build/generate.mjs'
import { sizes } from './build/sizes.mjs'
import { buildWasm } from './build/wasm.mjs'
import { dist } from './lib/paths.mjs'
import { main } from './lib/run.mjs'
import { unlessFresh } from './lib/stamp.mjs'
import { setup } from './setup/index.mjs'

export async function build(options) {
  await buildWasm(options)
  await generate()
  await unlessFresh({
    name: 'package',
    inputs: [
      'pkg/src',
      'pkg/package.json',
      presets,
      'src/policy/schema.json',
      'src/policy/record.schema.json',
      'pkg/wasm',
      'pkg/wasm-check',
      'pkg/wasm-tools',
      'pkg/tsconfig.json',
      'tsconfig.json',
      'pkg/scripts/build',
      'package-lock.json',
      'LICENSE',
    ],
    outputs: ['pkg/dist/browser.js', 'pkg/dist/sizes.json'],
    work: async () => {
      rmSync(dist, { recursive: true, force: true })
      await Promise.all([bundle(), declarations()])
      await sizes()
    },
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await setup()
    await build({ debug: process.argv.includes('--debug') })
  })
}
