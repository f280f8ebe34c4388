// The messages of synchronisation against the OpenAPI document that the server serves. A conversation with every kind of
// message is recorded: each fits its schema, and everything the schemas speak of is said in it. (Every answer in the other
// tests is held to the document too.)

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import Ajv from 'ajv/dist/2020.js'
import { conversation } from './sync/conversation.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the types allow, because others use them too, and a server that knows all facts has no reason to say. */
const NEVER = ['SyncCertificate.where.user|1', 'SyncCertificate.where.action', 'SyncReason.holds|1']
/** Memberships of groups: the policy of this conversation has none. */
NEVER.push(...['', '.relation', '.relation=membership', '.community', '.group'].map((part) => `SyncKey|4${part}`))

test('every message fits its schema, and the schemas speak of nothing that is never said', async (t) => {
  const { document, messages, errors } = await conversation()
  assert.deepEqual(errors, [])
  const { schemas } = document.components
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addSchema(document, 'openapi')
  const reader = new Reader(schemas, ajv)
  for (const { name, message } of messages) {
    const validate = ajv.compile({ $ref: `openapi#/components/schemas/${name}` })
    assert.ok(validate(message), `${name} ${JSON.stringify(message)}: ${ajv.errorsText(validate.errors)}`)
    reader.read({ $ref: `#/components/schemas/${name}` }, message, '')
  }
  const all = reader.places()
  assert.deepEqual(
    [...all].filter((place) => !reader.said.has(place) && !NEVER.includes(place)),
    [],
  )
  t.diagnostic(`${messages.length} messages say all of ${all.size} fields, words and alternatives`)
})

test('a message with a field that no schema knows is refused where the server refuses it', async () => {
  const { document, messages } = await conversation()
  const ajv = new Ajv({ strict: false })
  ajv.addSchema(document, 'openapi')
  for (const { name, message } of messages) {
    const validate = ajv.compile({ $ref: `openapi#/components/schemas/${name}` })
    const isRequest = name.endsWith('Request')
    assert.equal(validate({ ...message, more: 1 }), isRequest, name)
    for (const verdict of message.verdicts ?? [])
      assert.ok(!validate({ ...message, verdicts: [{ ...verdict, more: 1 }] }), name)
  }
})

test('schemas and types of the protocol are held together: what only one of them knows does not compile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-protocol-'))
  const source = join(root, 'pkg/src')
  const from = (path) => JSON.stringify(join(source, path))
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const file = join(folder, 'held.mts')
    writeFileSync(
      file,
      `import type { SYNC_SCHEMAS, Same, SchemasHeld, ValueOf } from ${from('server/openapi/sync-schemas.ts')}
       import type { Intent, PullRequest, Verdict } from ${from('sync/protocol.ts')}
       type Of<Name extends keyof typeof SYNC_SCHEMAS> = ValueOf<(typeof SYNC_SCHEMAS)[Name]>
       export type Held = SchemasHeld
       export const same: Same<Of<'SyncVerdict'>, Verdict> = true
       export const optional: Same<Of<'SyncVerdict'>, Verdict & { more?: string }> = false
       export const needed: Same<Of<'SyncPullRequest'>, PullRequest & { more: string }> = false
       export const word: Same<Of<'SyncVerdict'>, Omit<Verdict, 'r'> & { r: Verdict['r'] | 'perhaps' }> = false
       export const deep: Same<Of<'SyncIntent'>, Omit<Intent, 'made'> & { made: { wall: string } }> = false
       // @ts-expect-error
       export const not: Same<Of<'SyncVerdict'>, Verdict & { more?: string }> = true
      `,
    )
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2023,dom', '--module', 'nodenext']
    const tsc = join(root, 'node_modules/.bin/tsc')
    const more = ['--skipLibCheck', '--types', '', '--allowImportingTsExtensions', '--noUncheckedIndexedAccess']
    execFileSync(tsc, [...options, ...more, file], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    assert.fail(error.stdout ?? error)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Walks messages along their schemas and notes what of these they use. */
class Reader {
  said = new Set()

  constructor(schemas, ajv) {
    Object.assign(this, { schemas, ajv })
  }

  read(schema, value, at) {
    if (schema.$ref) {
      const name = schema.$ref.split('/').pop()
      this.read(this.schemas[name], value, name)
    } else if (schema.anyOf) {
      for (const [i, one] of schema.anyOf.entries()) {
        if (!this.fits(one, value)) continue
        this.said.add(`${at}|${i}`)
        this.read(one, value, `${at}|${i}`)
      }
    } else if (schema.enum) this.said.add(`${at}=${String(value)}`)
    else if (schema.items) for (const item of value) this.read(schema.items, item, `${at}[]`)
    else {
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        if (!Object.hasOwn(value, key)) continue
        this.said.add(`${at}.${key}`)
        this.read(inner, value[key], `${at}.${key}`)
      }
      const rest = restOf(schema)
      if (rest) for (const inner of Object.values(value)) this.read(rest, inner, `${at}.*`)
    }
  }

  fits(schema, value) {
    return this.ajv.validate(JSON.parse(JSON.stringify(schema).replaceAll('"#/comp', '"openapi#/comp')), value)
  }

  /** All there is to be said. */
  places() {
    const all = new Set()
    const walk = (schema, at) => {
      for (const [i, one] of (schema.anyOf ?? []).entries()) {
        all.add(`${at}|${i}`)
        walk(one, `${at}|${i}`)
      }
      for (const word of schema.enum ?? []) all.add(`${at}=${String(word)}`)
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        all.add(`${at}.${key}`)
        walk(inner, `${at}.${key}`)
      }
      if (schema.items) walk(schema.items, `${at}[]`)
      const rest = restOf(schema)
      if (rest) walk(rest, `${at}.*`)
    }
    for (const [name, schema] of Object.entries(this.schemas)) if (name.startsWith('Sync')) walk(schema, name)
    return all
  }
}

/** What the values of names fit that are not known beforehand. */
function restOf({ properties, additionalProperties }) {
  return properties === undefined && typeof additionalProperties === 'object' ? additionalProperties : undefined
}
