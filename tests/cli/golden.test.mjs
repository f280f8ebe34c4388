// Transcripts: each file of `golden/` is a session from an empty folder. The lines with `$` are run in order, and what
// the command says must be what stands there. `UPDATE_GOLDEN=1` writes them anew; read the difference.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeFolder } from './run.mjs'

const folder = fileURLToPath(new URL('golden', import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'))

assert.ok(files.length > 0, 'there are no transcripts')

for (const name of files) {
  test(`golden/${name}`, async (t) => {
    const file = join(folder, name)
    const expected = readFileSync(file, 'utf8')
    const lines = expected.split('\n').filter((line) => line.startsWith('$ ') || line.startsWith('# '))
    const session = makeFolder()
    t.after(() => session.remove())
    const parts = []
    for (const line of lines) {
      if (line.startsWith('# ')) parts.push(`${line}\n`)
      else parts.push(`${line}\n${told(await session.shell(line.slice(2)))}\n`)
    }
    const found = parts.join('')
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, found)
    else assert.equal(found, expected)
  })
}

/** Lines on stderr start with `! `, so that what goes where is held too. */
function told({ code, out, err }) {
  const errors = err.replace(/^(?=.)/gm, '! ')
  return `${out}${errors}${code === 0 ? '' : `[exit ${code}]\n`}`
}
