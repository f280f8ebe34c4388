// Cold start: a new process each time, from the import to the first decision.
import { execFileSync } from 'node:child_process'
import { summary } from './measure.mjs'

const facts = `{ communities: { a: { grants: { curator: ['approve', 'read'] } } },
  memberships: [{ community: 'a', user: 1, role: 'curator' }], complete: true }`
const record = `{ communities: { primary: 'a' }, state: 'pending-approval', owners: [{ user: 2 }] }`

const scripts = {
  lictor: `const { createEngine } = await import('lictor')
    const imported = performance.now()
    const engine = await createEngine()
    const started = performance.now()
    const subject = { type: 'user', id: 1 }
    const resource = { type: 'record', properties: ${record} }
    allowed = engine.check({ subject, action: 'approve', resource }, ${facts}).decision === 'allow'
    steps = [imported - start, started - imported, performance.now() - started]`,
  CASL: `const { createMongoAbility, subject } = await import('@casl/ability')
    const imported = performance.now()
    const rule = { action: 'approve', subject: 'record', conditions: { 'communities.primary': { $in: ['a'] } } }
    const ability = createMongoAbility([rule])
    const started = performance.now()
    allowed = ability.can('approve', subject('record', ${record}))
    steps = [imported - start, started - imported, performance.now() - started]`,
}

/** Nanoseconds by name, and for lictor by step. */
export function coldStart(times) {
  const spent = { lictor: [], CASL: [] }
  const steps = []
  for (let round = 0; round < times; round++) {
    for (const [name, script] of Object.entries(scripts)) {
      const whole = `let allowed, steps; const start = performance.now(); ${script}
        if (!allowed) throw new Error('denied'); console.log(JSON.stringify(steps))`
      const arguments_ = ['--input-type=module', '--eval', whole]
      const cwd = new URL('../..', import.meta.url)
      const measured = JSON.parse(execFileSync(process.execPath, arguments_, { cwd, encoding: 'utf8' }))
      spent[name].push(measured.reduce((sum, step) => sum + step * 1e6, 0))
      if (name === 'lictor') steps.push(measured)
    }
  }
  const middle = (step) => summary(steps.map((measured) => measured[step] * 1e6)).median
  return {
    what: 'cold start: import, init, first decision',
    goal: 10e6,
    times: Object.fromEntries(Object.entries(spent).map(([name, list]) => [name, summary(list)])),
    steps: { import: middle(0), init: middle(1), 'first decision': middle(2) },
  }
}
