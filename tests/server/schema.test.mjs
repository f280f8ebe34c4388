// The server's own reading of its schemas against a validator that everybody trusts, on values made up at random.
import assert from 'node:assert/strict'
import test from 'node:test'
import Ajv from 'ajv/dist/2020.js'
import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { serverWith } from './world.mjs'

/** An inner part, which the package does not export. */
async function inner(path) {
  const entryPoints = [fileURLToPath(new URL(`../../pkg/src/server/${path}`, import.meta.url))]
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: 'esm', packages: 'external' })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
}

function randomly(seed) {
  let state = seed
  const below = (n) => (state = (state * 48271) % 2147483647) % n
  const pick = (list) => list[below(list.length)]
  return { below, pick }
}

/** A value that fits a schema, mostly. */
function valueFor(schema, known, { below, pick }, depth = 0) {
  if (schema.$ref) return valueFor(known[schema.$ref.split('/').pop()], known, { below, pick }, depth)
  if (below(12) === 0 || depth > 6) return pick([null, true, 0, -1, 1.5, '', 'x'.repeat(600), [], {}, 'é💩', 1e9])
  if (schema.anyOf) return valueFor(pick(schema.anyOf), known, { below, pick }, depth)
  if (schema.enum) return pick(schema.enum)
  const inner = (one) => valueFor(one, known, { below, pick }, depth + 1)
  switch (schema.type) {
    case 'object': {
      const keys = Object.keys(schema.properties ?? {}).filter((key) =>
        schema.required?.includes(key) ? below(15) : below(2),
      )
      const entries = keys.map((key) => [key, inner(schema.properties[key])])
      if (below(4) === 0)
        entries.push([
          pick(['more', 'toString', '']),
          inner(typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {}),
        ])
      return Object.fromEntries(entries)
    }
    case 'array':
      return Array.from({ length: pick([0, 1, 2, 3, 101]) }, () => inner(schema.items ?? {}))
    case 'string':
      return pick(['', 'a', 'ab c', '~', '\u0000', 'é💩', 'x'.repeat(pick([63, 64, 128, 129, 255, 256, 512, 513]))])
    case 'integer':
      return pick([0, 1, 2, 25, 1000, 1001, -1, 1.5])
    case 'boolean':
      return pick([true, false])
    default:
      return pick([null, 'x', 1, {}])
  }
}

test('every schema of the document is read as JSON Schema reads it', async (t) => {
  const { faultOf } = await inner('openapi/schema.ts')
  const { ask } = await serverWith()
  const document = (await ask(null, 'GET', '/openapi.json')).json
  const known = document.components.schemas
  const ajv = new Ajv({ strict: false })
  ajv.addSchema(document, 'openapi')
  const random = randomly(42)
  const counts = { fit: 0, fault: 0 }
  for (const [name, schema] of Object.entries(known)) {
    const validate = ajv.compile({ $ref: `openapi#/components/schemas/${name}` })
    for (let round = 0; round < 400; round += 1) {
      const value = valueFor(schema, known, random)
      const fault = faultOf(schema, value, 'body', known)
      assert.equal(fault === undefined, validate(value), `${name} ${JSON.stringify(value)} ${JSON.stringify(fault)}`)
      counts[fault === undefined ? 'fit' : 'fault'] += 1
    }
  }
  assert.ok(counts.fit > 1000 && counts.fault > 1000, JSON.stringify(counts))
  t.diagnostic(`${counts.fit} values fit and ${counts.fault} do not, as ajv says`)
})

for (const policy of [
  'oarepo',
  'oarepo-3.0.5',
  'repository',
  'communities',
  'invenio-communities-29',
  'invenio-rdm-36',
]) {
  test(`${policy}: OpenAPI 3.1 in which every reference leads somewhere and every operation has its own name`, async () => {
    const { ask } = await serverWith({ policy, world: {} })
    const document = (await ask(null, 'GET', '/openapi.json')).json
    assert.equal(document.openapi, '3.1.0')
    const names = Object.values(document.paths).flatMap((item) =>
      Object.values(item).flatMap(({ operationId }) => operationId ?? []),
    )
    assert.ok(names.length > 10)
    assert.equal(new Set(names).size, names.length)
    for (const [, name] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
      assert.ok(name in document.components.schemas, name)
    }
    for (const [path, item] of Object.entries(document.paths)) {
      const declared = (item.parameters ?? []).map(({ name }) => name).sort()
      assert.deepEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(), declared, path)
    }
  })
}
