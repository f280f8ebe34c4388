// `npm run agree`: the long run of `acls.test.mjs`, a hundred thousand cases if no other number is given.

import { agreement } from './acl-agreement.mjs'
import { postgresql, sqlite } from './databases.mjs'

const cases = Number(process.argv[2] ?? 100_000)
const databases = [sqlite(), await postgresql()]
try {
  const started = performance.now()
  const { cases: asked, allowed, policies, tallies } = await agreement(databases, cases)
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`${asked} cases in ${policies} worlds, ${allowed} of them allow; ${seconds} s`)
  for (const [name, tally] of tallies) console.log(`${name}: ${tally}`)
} finally {
  for (const database of databases) await database.close()
}
