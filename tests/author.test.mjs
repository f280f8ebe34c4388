// The tools for authors of policies over the wasm of `lictor/tools`: the cases that tests/tools_author.rs runs natively.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkPolicy, diffPolicies, lintPolicy, policyImpact, policyTable } from '../pkg/dist/tools-node.js'
import { createEngine } from '../pkg/dist/node.js'

const { cases } = JSON.parse(readFileSync(new URL('author/cases.json', import.meta.url), 'utf8'))

const tools = {
  lint: async (input) => ({ findings: await lintPolicy(input) }),
  diff: ({ before, after }) => diffPolicies(before, after),
  impact: ({ before, after, facts, ...options }) => policyImpact(before, after, facts, options),
  table: (input) => policyTable(input),
  check: ({ assertions, ...given }) => checkPolicy(given, assertions),
}

// What the facade's own shape rules out is asked natively only.
const facade = cases.filter(
  ({ tool, input, about }) => tool in tools && !('strict' in input) && !about.startsWith('two policies are'),
)

assert.ok(facade.length > 30, `only ${facade.length} cases`)

for (const { about, tool, input, expect, error } of facade) {
  test(about, async () => {
    if (error === undefined) return matches(await tools[tool](input), expect, tool)
    await assert.rejects(
      async () => tools[tool](input),
      ({ code, path }) => {
        assert.deepEqual({ code, path }, error)
        return true
      },
    )
  })
}

test('a counterexample can be asked of the browser engine, which says the same', async () => {
  const assertion = { name: 'nobody reads', never: 'read', unless: 'system' }
  for (const policy of ['repository', 'oarepo', 'communities', 'invenio-rdm-36']) {
    const { holds, assertions } = await checkPolicy({ policy }, [assertion])
    const { evaluation, facts, decision } = assertions[0].counterexample
    const engine = await createEngine({ policy })
    assert.deepEqual({ holds, decision }, { holds: false, decision: 'allow' })
    assert.equal(engine.check(evaluation, engine.facts(facts)).decision, 'allow', policy)
  }
})

test('what is told of a difference is so, before and after', async () => {
  const changes = { define: { switch_strictest_policy: 'never' } }
  const found = await diffPolicies({ policy: 'repository' }, { policy: 'repository', changes })
  const engines = [await createEngine({ policy: 'repository' }), await createEngine({ policy: 'repository', changes })]
  assert.ok(found.changes.length > 20, `${found.changes.length} changes`)
  for (const { effect, words, example } of found.changes) {
    // Access lists are asked about with the records they name.
    if (/ of acl( |$)/.test(words)) {
      assert.equal(example, undefined)
      continue
    }
    const answers = engines.map((engine) => engine.check(example.evaluation, engine.facts(example.facts)).decision)
    assert.deepEqual(answers, effect === 'loses' ? ['allow', 'deny'] : ['deny', 'allow'], words)
  }
})

/** As in the corpus: objects by the keys given (`null`: not there), lists as a whole, or `{has: [...]}`. */
function matches(found, expected, path) {
  if (expected === null) return assert.equal(found ?? null, null, path)
  if (Array.isArray(expected)) {
    assert.equal(found?.length, expected.length, `${path}: ${JSON.stringify(found)}`)
    expected.forEach((one, i) => matches(found[i], one, `${path}[${i}]`))
  } else if (typeof expected === 'object' && 'has' in expected) {
    for (const one of expected.has) {
      const there = found.some((own) => JSON.stringify(sorted(own)) === JSON.stringify(sorted(one)))
      assert.ok(there, `${path} lacks ${JSON.stringify(one)}: ${JSON.stringify(found)}`)
    }
  } else if (typeof expected === 'object') {
    for (const [key, one] of Object.entries(expected)) matches(found?.[key], one, `${path}.${key}`)
  } else assert.equal(found, expected, path)
}

function sorted(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
