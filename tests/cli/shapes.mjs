// Holds JSON output to `schema.json`, by the words of the command.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false })
ajv.addSchema(JSON.parse(readFileSync(new URL('schema.json', import.meta.url), 'utf8')), 'cli')

export function checkShape(name, value) {
  const schema = `cli#/$defs/${name.replaceAll(' ', '%20')}`
  assert.ok(ajv.validate({ $ref: schema }, value), `${name}: ${ajv.errorsText()}`)
}
