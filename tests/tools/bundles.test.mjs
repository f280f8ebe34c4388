// Signed policies: what is taken, what is refused and why. The signatures are held against those of Node's own cryptography.
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'
import { createHandler } from 'lictor/server'
import { LictorError, makeBundleKeys, openBundle, signBundle } from 'lictor/tools'
import { places } from './places.mjs'

const time = '2027-01-01T12:00:00Z'
const { secret, key } = await makeBundleKeys()
const other = await makeBundleKeys()
const trusted = [key]

const signed = (version, changes = {}, by = secret) =>
  signBundle({ policies: [{ policy: 'oarepo', changes }], version, time }, by)
const opened = async (version, changes, by) =>
  openBundle(await signed(version, changes, by), { trusted: [key, other.key] })

/** A bundle with something changed in it after it was signed. */
async function changed(change) {
  const bundle = JSON.parse(await signed(7))
  change(bundle)
  return JSON.stringify(bundle)
}

/** Why a bundle is refused: the code and the place. */
async function why(text, options = { trusted }) {
  try {
    await openBundle(text, options)
  } catch (error) {
    if (error instanceof LictorError) return [error.code, error.path]
    throw error
  }
  return 'taken'
}

describe('a signed bundle', () => {
  test('holds its policies, as an engine runs them', async () => {
    const text = await signBundle(
      { policies: [{ policy: 'oarepo' }, { policy: 'communities' }], version: 3, time },
      secret,
    )
    const bundle = await openBundle(text, { trusted })
    assert.deepEqual([bundle.version, bundle.time, bundle.key], [3, time, key])
    assert.deepEqual(Object.keys(bundle.policies), ['communities', 'oarepo'])
    const engine = await createEngine({ policy: bundle.policy('oarepo') })
    assert.equal(engine.policy.hash, bundle.policies.oarepo)
    assert.equal(engine.policy.hash, (await createEngine({ policy: 'oarepo' })).policy.hash)
    for (const name of [undefined, 'ils', '__proto__', 'constructor'])
      assert.throws(() => bundle.policy(name), { code: 'not_found', path: 'policy' }, String(name))
    assert.equal((await opened(1)).policy().name, 'oarepo')
  })

  test('says the same however it is written down', async () => {
    const bundle = JSON.parse(await signed(7))
    const backwards = Object.fromEntries(Object.entries(bundle).reverse())
    const { hash } = await opened(7)
    for (const text of [JSON.stringify(bundle), JSON.stringify(backwards, null, 7)])
      assert.equal((await openBundle(text, { trusted })).hash, hash)
  })

  test('is an Ed25519 signature over a text of its own, also for others', async () => {
    const { signature, policies, ...rest } = JSON.parse(await signed(7))
    const hashes = Object.fromEntries(Object.entries(policies).map(([name, { hash }]) => [name, hash]))
    const said = { ...rest, policies: hashes }
    const text = JSON.stringify(
      Object.fromEntries(
        Object.keys(said)
          .sort()
          .map((name) => [name, said[name]]),
      ),
    )
    const message = Buffer.from(`lictor policy bundle 1\n${text}`)
    const der = (prefix, hex) => Buffer.from(prefix + hex.slice(-64), 'hex')
    const publicKey = createPublicKey({ key: der('302a300506032b6570032100', key), format: 'der', type: 'spki' })
    assert.ok(verify(null, message, publicKey, Buffer.from(signature, 'hex')))
    const privateKey = createPrivateKey({
      key: der('302e020100300506032b657004220420', secret),
      format: 'der',
      type: 'pkcs8',
    })
    assert.equal(sign(null, message, privateKey).toString('hex'), signature)
  })
})

describe('a bundle is refused', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n

  /** The second half of the signature with the order of the group added: the same equation, other bytes. */
  function stretched(signature) {
    const half = Buffer.from(signature.slice(64), 'hex').reverse().toString('hex')
    const more = (BigInt(`0x${half}`) + order).toString(16).padStart(64, '0')
    return signature.slice(0, 64) + Buffer.from(more, 'hex').reverse().toString('hex')
  }

  const cases = {
    'by a key nobody here trusts': [() => signed(7, {}, other.secret), 'unknown_key', 'bundle.key'],
    'that names another key than signed it': [
      () => changed((bundle) => (bundle.key = other.key)),
      'wrong_signature',
      'bundle.signature',
      [key, other.key],
    ],
    'whose version was raised': [
      () => changed((bundle) => (bundle.version = 8)),
      'wrong_signature',
      'bundle.signature',
    ],
    'whose time was changed': [
      () => changed((bundle) => (bundle.time = '2028-01-01T12:00:00Z')),
      'wrong_signature',
      'bundle.signature',
    ],
    'whose policy goes by another name': [
      () => changed((bundle) => (bundle.policies = { ils: bundle.policies.oarepo })),
      'wrong_signature',
      'bundle.signature',
    ],
    'from which a policy was taken away, or to which one was added': [
      () => changed((bundle) => (bundle.policies.ils = bundle.policies.oarepo)),
      'wrong_signature',
      'bundle.signature',
    ],
    'with the signature of another': [
      async () => {
        const { signature } = JSON.parse(await signed(8))
        return changed((bundle) => (bundle.signature = signature))
      },
      'wrong_signature',
      'bundle.signature',
    ],
    'with a second form of its signature': [
      () => changed((bundle) => (bundle.signature = stretched(bundle.signature))),
      'wrong_signature',
      'bundle.signature',
    ],
    'with its signature in capitals': [
      () => changed((bundle) => (bundle.signature = bundle.signature.toUpperCase())),
      'malformed',
      'bundle.signature',
    ],
    'whose document is another': [
      () => changed((bundle) => (bundle.policies.oarepo.document.grants.member = ['create'])),
      'other_hash',
      'bundle.policies.oarepo.document',
    ],
    'whose document is none that has a hash': [
      () => changed((bundle) => (bundle.policies.oarepo.document.grants = 0.5)),
      'other_hash',
      'bundle.policies.oarepo.document',
    ],
    'whose document and hash are others': [
      async () => {
        const { policies } = JSON.parse(await signed(8, { grants: { member: ['create'] } }))
        return changed((bundle) => (bundle.policies = policies))
      },
      'wrong_signature',
      'bundle.signature',
    ],
    'that is no JSON': [async () => '{', 'malformed', 'bundle'],
    'that is something else': [async () => '[]', 'malformed', 'bundle'],
    'of another form': [() => changed((bundle) => (bundle.lictor_bundle = 2)), 'malformed', 'bundle.lictor_bundle'],
    'that says more than is signed': [() => changed((bundle) => (bundle.note = 'x')), 'unknown_field', 'bundle.note'],
    'with more beside a document': [
      () => changed((bundle) => (bundle.policies.oarepo.note = 'x')),
      'unknown_field',
      'bundle.policies.oarepo.note',
    ],
    'without policies': [() => changed((bundle) => (bundle.policies = {})), 'missing_field', 'bundle.policies'],
    'without a version': [() => changed((bundle) => delete bundle.version), 'missing_field', 'bundle.version'],
    'of version 0': [() => changed((bundle) => (bundle.version = 0)), 'malformed', 'bundle.version'],
    'of version 1.5': [() => changed((bundle) => (bundle.version = 1.5)), 'malformed', 'bundle.version'],
    'of a version nobody counts to': [
      () => changed((bundle) => (bundle.version = 2 ** 53)),
      'malformed',
      'bundle.version',
    ],
    'without a moment': [() => changed((bundle) => (bundle.time = 'today')), 'malformed', 'bundle.time'],
    'that says something twice': [
      async () => (await signed(7)).replace('{', '{"version": 7,'),
      'malformed',
      'bundle.version',
    ],
    'that is too large': [
      () => changed((bundle) => (bundle.policies.oarepo.document.name = 'x'.repeat(9_000_000))),
      'too_large',
      'bundle.policies.oarepo.document.name',
    ],
    'that is nested too deep': [
      () => changed((bundle) => (bundle.note = JSON.parse('['.repeat(100) + ']'.repeat(100)))),
      'too_deep',
    ],
  }
  for (const [about, [make, code, path, keys = trusted]] of Object.entries(cases)) {
    test(about, async () => {
      const found = await why(await make(), { trusted: keys })
      assert.equal(found[0], code, String(found))
      if (path) assert.equal(found[1], path)
    })
  }

  test('after its key has ended, unless that is trusted longer elsewhere in the list', async () => {
    const text = await signed(7)
    const until = '2027-06-01'
    const at = (moment, keys = [{ key, until }]) => why(text, { trusted: keys, now: Date.parse(moment) })
    assert.equal(await at('2027-05-31T23:59:59.999Z'), 'taken')
    assert.deepEqual(await at('2027-06-01T00:00:00Z'), ['key_ended', 'bundle.key'])
    assert.equal(await at('2027-06-01T00:00:00Z', [{ key, until }, key]), 'taken')
  })

  test('where the moment is none: no ended key is taken for that', async () => {
    const text = await signed(7)
    for (const now of [NaN, Infinity, null, '', '2027-01-01', new Date(), 5n])
      assert.deepEqual(await why(text, { trusted: [{ key, until: 5 }], now }), ['malformed', 'now'], String(now))
    assert.deepEqual(await why(text, { trusted: [{ key, until: 5 }], now: undefined }), ['key_ended', 'bundle.key'])
  })

  test('where nobody is trusted, or what is trusted is no key', async () => {
    const text = await signed(7)
    assert.deepEqual(await why(text, { trusted: [] }), ['missing_field', 'trusted'])
    assert.deepEqual(await why(text, { trusted: [key, secret] }), ['malformed', 'trusted[1]'])
    assert.deepEqual(await why(text, { trusted: [{ key, until: 'soon' }] }), ['malformed', 'trusted[0].until'])
    for (const given of [undefined, null, 7, {}, '\ud800'])
      await assert.rejects(openBundle(given, { trusted }), { code: 'malformed', path: 'bundle' })
  })
})

describe('signing', () => {
  const sign = (input, by = secret) => signBundle({ policies: [{ policy: 'oarepo' }], version: 1, time, ...input }, by)

  test('is of policies only, each once, and never repeats a secret key', async () => {
    for (const [input, path] of [
      [{ policies: [] }, 'call.policies'],
      [{ policies: [{ policy: { name: 'x' } }] }, /^call\.policies\[0\]\.policy/],
      [{ policies: [{ policy: 'oarepo' }, { policy: 'oarepo' }] }, 'call.policies[1]'],
      [{ version: 0 }, 'call.version'],
      [{ time: 'today' }, 'call.time'],
    ])
      await assert.rejects(
        sign(input),
        ({ path: found }) => (path.test ? path.test(found) : path === found),
        String(path),
      )
    for (const by of [`${secret}0`, key, 'x', '', null])
      await assert.rejects(
        sign({}, by),
        (error) => error.path === 'secret' && !error.message.includes(secret.slice(20)),
      )
  })
})

for (const place of places) {
  describe(`taking bundles for ${place.name}`, () => {
    const stores = []
    after(() => Promise.all(stores.map((store) => store.close())))

    test('the version only grows, whoever signed, and nothing changes when it does not', async () => {
      const store = await (await place.make())()
      stores.push(store)
      const everything = async () => JSON.stringify([await store.all(), await store.cells('')])
      await (await opened(5)).take(store)
      await (await opened(7, {}, other.secret)).take(store)
      const was = await everything()
      const refused = async (bundle, says) => {
        await assert.rejects(bundle.take(store), (error) => {
          assert.deepEqual([error.code, error.path], ['rolled_back', 'bundle.version'])
          assert.match(error.message, says)
          return true
        })
        assert.equal(await everything(), was)
      }
      await refused(await opened(5), /rolled back from 7 to 5/)
      await refused(await opened(6, {}, other.secret), /rolled back from 7 to 6/)
      await refused(await opened(7), /another bundle of version 7/)
      await refused(await opened(7, { grants: { member: ['create'] } }, other.secret), /another bundle of version 7/)
      // A host that starts again has the same bundle.
      await (await opened(7, {}, other.secret)).take(store)
      assert.equal(await everything(), was)
      await (await opened(8)).take(store)
      await assert.rejects((await opened(7, {}, other.secret)).take(store), { code: 'rolled_back' })
    })

    test('of two at once the higher one stays', async () => {
      const store = await (await place.make())()
      stores.push(store)
      const bundles = await Promise.all([3, 9, 4, 8, 2].map((version) => opened(version)))
      const ended = await Promise.allSettled(bundles.map((bundle) => bundle.take(store)))
      assert.equal(ended[1].status, 'fulfilled')
      for (const { reason } of ended) if (reason) assert.equal(reason.code, 'rolled_back')
      for (const version of [3, 4, 8, 2])
        await assert.rejects((await opened(version)).take(store), { code: 'rolled_back' })
    })
  })
}

describe('a handler that runs a bundle', () => {
  const ask = (handler, path = '/communities/') => handler(new Request(`http://localhost${path}`))

  async function host(bundle, store) {
    const engine = await createEngine({ policy: bundle.policy() })
    const errors = []
    const handler = createHandler({
      engine,
      store,
      bundle,
      authenticate: () => null,
      onError: (error) => errors.push(error),
    })
    return { handler, errors }
  }

  test('answers once it is taken, and not at all where a later one was', async () => {
    const store = await openMemoryStore({ complete: true }, { columns: await createEngine({ policy: 'oarepo' }) })
    const first = await host(await opened(5), store)
    assert.equal((await ask(first.handler)).status, 200)
    const second = await host(await opened(6), store)
    assert.equal((await ask(second.handler)).status, 200)
    const late = await host(await opened(5), store)
    const answer = await ask(late.handler)
    assert.equal(answer.status, 500)
    assert.equal((await answer.json()).code, 'internal')
    assert.match(late.errors[0].message, /rolled back from 6 to 5/)
    assert.equal((await ask(first.handler)).status, 500, 'what answered before does no more')
    assert.equal((await ask(second.handler)).status, 200)
    await assert.rejects(late.handler.housekeeping(), { code: 'rolled_back' })
    await Promise.all([first, second, late].map(({ handler }) => handler.close()))
    await store.close()
  })

  test('is not made for an engine of another policy', async () => {
    const engine = await createEngine({ policy: 'oarepo', changes: { grants: { member: ['create'] } } })
    const store = await openMemoryStore({ complete: true }, { columns: engine })
    const make = async () => createHandler({ engine, store, authenticate: () => null, bundle: await opened(5) })
    await assert.rejects(make, /does not hold the policy/)
    await store.close()
  })
})
