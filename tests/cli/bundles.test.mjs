// `lictor policy keygen|sign|verify`, and a host that takes signed policies only.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { ended, makeFolder } from './run.mjs'
import { checkShape } from './shapes.mjs'

let folder
let key
beforeEach(async () => {
  folder = makeFolder()
  delete folder.env.LICTOR_TRUSTED
  key = (await ok('policy keygen', 'policy', 'keygen', 'policy.key')).key
  write('trusted.txt', `# whose policies run here\n\n${key}\n`)
})
afterEach(() => folder.remove())

const path = (name) => join(folder.path, name)
const write = (name, text) => writeFileSync(path(name), text)
const read = (name) => readFileSync(path(name), 'utf8')

async function ok(shape, ...args) {
  const { code, value, err } = await folder.json(...args)
  assert.equal(code, 0, err)
  checkShape(shape, value)
  return value
}

async function refused(exit, code, ...args) {
  const result = await folder.json(...args)
  assert.deepEqual([result.code, result.value.error?.code], [exit, code], JSON.stringify(result.value))
  checkShape('error', result.value)
  return result.value.error
}

/** A bundle of `oarepo` in a file. */
async function bundle(file, number, ...more) {
  const value = await ok(
    'policy sign',
    'policy',
    'sign',
    'oarepo',
    '--key',
    'policy.key',
    '--number',
    String(number),
    ...more,
  )
  write(file, JSON.stringify(value))
  return value
}

/** A command under the policy of a bundle. */
function run(file, ...args) {
  folder.env.LICTOR_TRUSTED = 'trusted.txt'
  return ['--policy', file, ...args]
}

describe('a key', () => {
  test('has a secret half that only its owner can read, and that nothing prints', async () => {
    const secret = read('policy.key').trim()
    assert.match(secret, /^ed25519-secret-[0-9a-f]{64}$/)
    if (process.platform !== 'win32') assert.equal(statSync(path('policy.key')).mode & 0o777, 0o600)
    const signed = await folder.lictor('policy', 'sign', 'oarepo', '--key', 'policy.key', '--number', '1')
    const again = await folder.lictor('policy', 'keygen', 'policy.key')
    const wrong = await folder.lictor('policy', 'sign', 'oarepo', '--key', 'trusted.txt', '--number', '1')
    for (const { out, err } of [signed, again, wrong]) assert.ok(!(out + err).includes(secret.slice(15)))
    assert.equal(read('policy.key').trim(), secret)
  })

  test('is not written over, nor taken from a file that others can read', async () => {
    await refused(1, 'duplicate', 'policy', 'keygen', 'policy.key')
    await refused(2, 'usage', 'policy', 'keygen', 'nowhere/policy.key')
    write('open.key', read('policy.key'))
    if (process.platform !== 'win32') {
      const { message } = await refused(2, 'usage', 'policy', 'sign', 'oarepo', '--key', 'open.key', '--number', '1')
      assert.match(message, /can be read by others/)
    }
  })
})

describe('a bundle', () => {
  test('says who signed it, and what is in it', async () => {
    const signed = await bundle('bundle.json', 7)
    const found = await ok('policy verify', 'policy', 'verify', 'bundle.json', '--trusted', 'trusted.txt')
    assert.deepEqual([found.version, found.key, found.time], [7, key, signed.time])
    assert.deepEqual(found.policies, { oarepo: signed.policies.oarepo.hash })
    const { code, out } = await folder.lictor('policy', 'verify', 'bundle.json', '--trusted', 'trusted.txt')
    assert.equal(code, 0)
    assert.match(out, /^Version 7, signed at .* by ed25519-.*:\n- oarepo sha256-/)
  })

  test('is refused where it was changed, and where its signer is not trusted', async () => {
    const signed = await bundle('bundle.json', 7)
    write('changed.json', JSON.stringify({ ...signed, version: 8 }))
    const verify = (file) => ['policy', 'verify', file, '--trusted', 'trusted.txt']
    assert.equal((await refused(1, 'wrong_signature', ...verify('changed.json'))).path, 'bundle.signature')
    const other = await ok('policy keygen', 'policy', 'keygen', 'other.key')
    write('trusted.txt', `${other.key}\n`)
    assert.equal((await refused(1, 'unknown_key', ...verify('bundle.json'))).path, 'bundle.key')
    write('trusted.txt', `${other.key}\n${key} 2026-01-01\n`)
    await refused(1, 'key_ended', ...verify('bundle.json'))
    for (const [text, says] of [
      [`# none\n\n${key} soon\n`, /line 3 of `trusted.txt`/],
      [`${key}\nnonsense\n`, /line 2 of `trusted.txt`/],
      [`${key} 2028-01-01 more\n`, /line 1 of `trusted.txt`/],
    ]) {
      write('trusted.txt', text)
      assert.match((await refused(2, 'usage', ...verify('bundle.json'))).message, says)
    }
    write('trusted.txt', '# nobody\n')
    await refused(1, 'missing_field', ...verify('bundle.json'))
    await refused(2, 'usage', 'policy', 'verify', 'bundle.json')
  })

  test('is signed with a version, of what is a policy', async () => {
    const sign = (...args) => ['policy', 'sign', ...args, '--key', 'policy.key']
    for (const number of ['0', '-1', '1.5', 'x', '99999999999999999'])
      await refused(2, 'usage', ...sign('oarepo', '--number', number))
    await refused(2, 'usage', ...sign('oarepo'))
    write('no.json', '{"name": "x"}')
    assert.match((await refused(1, 'malformed', ...sign('./no.json', '--number', '1'))).path, /^call\.policies\[0\]/)
    write('changes.json', '{"grants": {"member": ["create"]}}')
    const changed = await bundle('changed.json', 1, '--changes', 'changes.json')
    assert.deepEqual(changed.policies.oarepo.document.grants.member, ['create'])
    await refused(2, 'usage', ...sign('oarepo', 'ils', '--number', '1', '--changes', 'changes.json'))
  })
})

describe('a host that is told whose policies to take', () => {
  test('takes no other, and none that is older than the last', async () => {
    await bundle('five.json', 5)
    await bundle('seven.json', 7)
    await ok('communities create', ...run('five.json', 'communities', 'create', 'cesnet', 'CESNET'))
    await ok('communities list', ...run('seven.json', 'communities', 'list'))
    await ok('communities list', ...run('seven.json', 'communities', 'list'))
    const was = read('lictor.db')
    const error = await refused(1, 'rolled_back', ...run('five.json', 'communities', 'create', 'muni', 'MUNI'))
    assert.equal(error.path, 'bundle.version')
    assert.match(error.message, /rolled back from 7 to 5/)
    assert.equal(read('lictor.db'), was)
    const served = ['serve', '--port', '0', '--policy', 'five.json', '--trusted', 'trusted.txt']
    assert.equal((await ended(folder.start(...served))).code, 1)
    write('plain.json', JSON.stringify(JSON.parse(read('seven.json')).policies.oarepo.document))
    for (const policy of ['plain.json', 'oarepo', 'nowhere.json']) {
      const { code } = await folder.json(...run(policy, 'communities', 'list'))
      assert.equal(code, 2, policy)
    }
    await refused(2, 'usage', 'communities', 'list')
    folder.env.LICTOR_POLICY = 'seven.json'
    assert.deepEqual(
      (await ok('communities list', 'communities', 'list')).map(({ id }) => id),
      ['cesnet'],
    )
  })

  test('makes no store for a bundle that is refused', async () => {
    const signed = await bundle('bundle.json', 7)
    write('bundle.json', JSON.stringify({ ...signed, version: 8 }))
    await refused(2, 'wrong_signature', ...run('bundle.json', 'communities', 'create', 'cesnet', 'CESNET'))
    assert.ok(!existsSync(path('lictor.db')))
  })

  test('says which policy it runs where a bundle holds several, and that a bundle needs keys', async () => {
    const two = await ok('policy sign', 'policy', 'sign', 'oarepo', 'ils', '--key', 'policy.key', '--number', '1')
    write('two.json', JSON.stringify(two))
    const error = await refused(2, 'not_found', ...run('two.json', 'communities', 'list'))
    assert.match(error.message, /several policies; name one: ils, oarepo/)
    await refused(2, 'not_found', ...run('two.json#communities', 'communities', 'list'))
    await ok('communities create', ...run('two.json#oarepo', 'communities', 'create', 'cesnet', 'CESNET'))
    delete folder.env.LICTOR_TRUSTED
    const { message } = await refused(2, 'usage', 'communities', 'list', '--policy', './two.json')
    assert.match(message, /signed bundle/)
  })
})
