#!/usr/bin/env node
// `npm test`: every test of the project. `npm test -- STAGE...` runs some stages; `npm test -- FILE...` builds and
// runs those JavaScript test files only.
import { resolve } from 'node:path'
import { build } from './build.mjs'
import { checkSources, checkTypes } from './check.mjs'
import { root } from './lib/paths.mjs'
import { Failure, main, run, say } from './lib/run.mjs'
import { filesUnder } from './lib/stamp.mjs'
import { setup } from './setup/index.mjs'

const files = process.argv.slice(2).filter((word) => word.endsWith('.mjs'))
const chosen = files.length > 0 ? ['build', 'javascript'] : process.argv.slice(2)

const stages = [
  { name: 'setup', always: true, vital: true, work: () => setup({ lint: true, hosts: true }) },
  { name: 'check', work: checkSources },
  { name: 'rust', work: () => run('cargo', ['test'], { stdout: 'inherit' }) },
  { name: 'build', vital: true, work: () => build() },
  { name: 'types', work: checkTypes },
  { name: 'javascript', work: () => nodeTests(files) },
]

/** The runner's own closing lines stay as they are: they say how many ran, and people and machines read them. */
function nodeTests(given) {
  const all = given.length > 0 ? given.map((file) => resolve(process.env.INIT_CWD ?? root, file)) : testFiles()
  if (all.length === 0) throw new Failure('no JavaScript test was found under tests/')
  // Two at a time: some start browsers, and the machine is shared.
  return run(process.execPath, ['--test', '--test-concurrency=2', '--test-reporter=spec', ...all], {
    stdout: 'inherit',
  })
}

function testFiles() {
  return ['tests', 'www', 'examples'].flatMap(filesUnder).filter((path) => path.endsWith('.test.mjs'))
}

await main(async () => {
  const unknown = chosen.filter((name) => !stages.some((stage) => stage.name === name))
  if (unknown.length > 0)
    throw new Failure(`unknown stage \`${unknown[0]}\``, `stages: ${stages.map((s) => s.name).join(', ')}`)
  const results = []
  for (const stage of stages.filter(({ name, always }) => always || chosen.length === 0 || chosen.includes(name))) {
    const result = await runStage(stage)
    results.push(result)
    if (result.error && stage.vital) break
  }
  summarise(results)
  const failed = results.filter(({ error }) => error)
  if (failed.length > 0) throw new Failure(`failed: ${failed.map(({ name }) => name).join(', ')}`)
})

async function runStage({ name, work }) {
  say(`\n== ${name} ==`)
  const start = performance.now()
  let error
  try {
    await work()
  } catch (thrown) {
    error = thrown
    say(`${name} failed: ${thrown instanceof Failure ? thrown.message : thrown.stack}`)
    if (thrown.hint) say(`  ${thrown.hint}`)
  }
  return { name, error, seconds: (performance.now() - start) / 1000 }
}

function summarise(results) {
  say('\n== summary ==')
  for (const { name, error, seconds } of results) {
    say(`${error ? 'FAILED' : 'ok    '} ${name.padEnd(11)}${seconds.toFixed(1).padStart(7)} s`)
  }
  for (const { name } of stages.slice(results.length)) if (chosen.length === 0) say(`not run ${name}`)
}
