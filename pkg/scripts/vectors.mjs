#!/usr/bin/env node
// `npm run vectors -- [--preset NAME] FILE_OR_FOLDER...`: decision tables of the real upstream systems against the built
// package. Every file knows the preset it speaks of. Fails if a row differs without a named reason, or is not understood.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { report } from './vectors/report.mjs'
import { runFile } from './vectors/run.mjs'

const PRESETS = [
  'oarepo-3.0.5',
  'oarepo',
  'communities',
  'invenio-communities-29',
  'invenio-rdm-36',
  'ils-9',
  'explicit-acls-4.5.0',
  'explicit-acls',
]
const usage = `usage: npm run vectors -- [--preset ${PRESETS.join('|')}] FILE_OR_FOLDER...`

function fail(message) {
  process.stderr.write(`error: ${message}\n  ${usage}\n`)
  process.exit(1)
}

function read() {
  try {
    return parseArgs({ allowPositionals: true, options: { preset: { type: 'string' } } })
  } catch (error) {
    return fail(error.message)
  }
}

const { values, positionals } = read()
if (positionals.length === 0) fail('no file was named')
if (values.preset !== undefined && !PRESETS.includes(values.preset))
  fail(`no vectors are known for preset \`${values.preset}\``)

const files = positionals.flatMap((path) => {
  if (!existsSync(path)) fail(`there is no \`${path}\``)
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path).filter((name) => name.endsWith('.json'))
  if (names.length === 0) fail(`\`${path}\` holds no .json file`)
  return names.sort().map((name) => join(path, name))
})

const tallies = []
for (const file of files) tallies.push(await runFile(file, values.preset))
const { lines, failed } = report(tallies)
process.stdout.write(`${lines.join('\n')}\n`)
process.exitCode = failed ? 1 : 0
