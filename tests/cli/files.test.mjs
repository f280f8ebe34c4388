// What commands read beside the store: logos, policies, and stores that are none.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createEngine } from 'lictor'
import { openSqliteStore } from 'lictor/store/sqlite'
import { makeFolder } from './run.mjs'

let folder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

const write = (name, bytes) => {
  writeFileSync(join(folder.path, name), bytes)
  return name
}
const create = (...args) => folder.json('communities', 'create', 'cesnet', 'CESNET', ...args)

describe('a logo', () => {
  const png = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01', 'latin1'),
    Buffer.alloc(20),
  ])
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(20)])
  const svg = Buffer.from(
    '<?xml version="1.0"?>\n<!-- a logo -->\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
  )

  async function stored() {
    const store = await openSqliteStore(join(folder.path, 'lictor.db'), { columns: await createEngine() })
    const cells = await store.cells('logo/cesnet/')
    await store.close()
    return cells.map(({ text }) => text).join('')
  }

  for (const [type, bytes] of [
    ['image/png', png],
    ['image/jpeg', jpeg],
    ['image/svg+xml', svg],
  ]) {
    test(`may be ${type}, whatever the file is called`, async () => {
      const { code, value } = await create('--logo-path', write('logo.txt', bytes))
      assert.equal(code, 0, JSON.stringify(value))
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      assert.deepEqual(value.metadata.logo, { media_type: type, size: bytes.length, sha256 })
      assert.equal(await stored(), `data:${type};base64,${bytes.toString('base64')}`)
    })
  }

  test('may have a megabyte and not a byte more', async () => {
    const full = Buffer.concat([png, Buffer.alloc(1_048_576 - png.length)])
    const more = await create('--logo-path', write('more.png', Buffer.concat([full, Buffer.alloc(1)])))
    assert.deepEqual([more.code, more.value.error.code], [1, 'invalid_logo'])
    assert.equal((await create('--logo-path', write('full.png', full))).code, 0)
    assert.equal(await stored(), `data:image/png;base64,${full.toString('base64')}`)
  })

  for (const [name, bytes] of [
    ['GIF', 'GIF89a'],
    ['text', 'logo'],
    ['HTML', '<html><svg/></html>'],
    ['a comment without end', '<!-- <svg>'],
    ['nothing', ''],
    ['a signature alone', '\x89PNG\r\n\x1a\n'],
    ['no UTF-8', Buffer.from([0x3c, 0x73, 0x76, 0x67, 0x20, 0xff, 0xfe])],
  ]) {
    test(`is not ${name}`, async () => {
      const { code, value } = await create('--logo-path', write('logo.png', bytes))
      assert.deepEqual([code, value.error.code, value.error.path], [1, 'invalid_logo', 'logo'])
      assert.deepEqual(readdirSync(folder.path), ['logo.png'])
    })
  }

  test('is a file that can be read', async () => {
    for (const path of ['nothing.png', '.', '/dev/zero']) {
      const { code, value } = await create('--logo-path', path)
      assert.deepEqual([code, value.error.code], [1, 'invalid_logo'], path)
    }
    assert.deepEqual(readdirSync(folder.path), [])
  })
})

describe('a store', () => {
  const list = (store) => folder.json('communities', 'list', '--store', store)

  test('that is none is told apart from one that is not there', async () => {
    mkdirSync(join(folder.path, 'dir'))
    for (const [store, code] of [
      ['lictor.db', 'missing'],
      ['none/lictor.db', 'missing'],
      ['dir', 'no_file'],
      [write('text.db', 'this is no database, and it is long enough to be read as one '.repeat(20)), 'corrupt'],
    ]) {
      const result = await list(store)
      assert.deepEqual([result.code, result.value.error.code], [3, code], store)
    }
  })

  test('is not made by what is refused', async () => {
    const rows = write('bad.yaml', '- email: nobody\n')
    mkdirSync(join(folder.path, 'export'))
    write('export/records.json', '{')
    for (const args of [
      ['communities', 'create', 'a:b', 'A title'],
      ['users', 'load', rows],
      ['users', 'create', 'ada@example.org', '--username', '7 7'],
      ['roles', 'create', ''],
      ['access', 'register', 'superuser-access', 'again'],
      ['import', 'invenio', 'export'],
    ]) {
      const { code } = await folder.json(...args)
      assert.notEqual(code, 0, args.join(' '))
      assert.ok(!existsSync(join(folder.path, 'lictor.db')), args.join(' '))
    }
  })

  test('stays that of its policy while another looks at its data', async () => {
    await folder.lictor('--policy', 'ils', 'roles', 'create', 'librarian')
    const was = readFileSync(join(folder.path, 'lictor.db'))
    const changes = write('changes.json', '{"rules": {"read": "always"}}')
    const { code, value } = await folder.json('policy', 'impact', 'ils', '--changes', changes)
    assert.deepEqual([code, value.records], [0, 0])
    assert.ok(readFileSync(join(folder.path, 'lictor.db')).equals(was))
  })

  test('in a folder that is not there is not made', async () => {
    const { code, value } = await create('--store', 'none/lictor.db')
    assert.deepEqual([code, value.error.code], [3, 'missing'])
  })

  test('that cannot be reached is unavailable, and its password is not told', async () => {
    const { code, value, err } = await list('postgres://me:secret@127.0.0.1:1/repo')
    assert.deepEqual([code, value.error.code], [3, 'unavailable'])
    assert.doesNotMatch(err, /secret/)
  })

  test('is named by the option before the environment', async () => {
    folder.env.LICTOR_STORE = 'env.db'
    assert.equal((await create()).code, 0)
    assert.equal((await create('--store', 'option.db')).code, 0)
    assert.equal((await folder.lictor('--store', 'before.db', 'communities', 'create', 'a', 'A')).code, 0)
    for (const name of ['env.db', 'option.db', 'before.db']) assert.ok(existsSync(join(folder.path, name)), name)
    assert.ok(!existsSync(join(folder.path, 'lictor.db')))
  })
})

describe('a policy', () => {
  test('may be a file, and its words are known then', async () => {
    const { document } = await createEngine()
    const roles = [...document.roles, 'reviewer']
    write('own.json', JSON.stringify({ ...document, name: 'own', roles, role_name: 'c/{community}/{role}' }))
    folder.env.LICTOR_POLICY = './own.json'
    assert.equal((await create()).code, 0)
    const { out } = await folder.lictor('actions', 'allow', 'cesnet', 'reviewer', 'approve')
    assert.equal(out, "Added role action: community-approve Need(method='role', value='c/cesnet/reviewer')\n")
    const shipped = await folder.json('--policy', 'oarepo', 'actions', 'allow', 'cesnet', 'reviewer', 'approve')
    assert.equal(shipped.code, 1)
  })

  test('may be the released code of the first system', async () => {
    folder.env.LICTOR_POLICY = 'oarepo-3.0.5'
    const { value } = await create('--description', 'community desc', '--ctype', 'wgroup')
    assert.deepEqual([value.title, value.type, value.metadata], ['CESNET', 'wgroup', { description: 'community desc' }])
    assert.deepEqual(
      value.roles.map(({ name }) => name),
      ['community:cesnet:member', 'community:cesnet:curator', 'community:cesnet:publisher'],
    )
  })

  test('that is no policy is refused with the path of the fault', async () => {
    write('bad.json', '{"lictor": 1, "surplus": true}')
    write('text.json', 'no json')
    for (const file of ['./bad.json', './text.json', './nothing.json', './']) {
      const { code, value } = await folder.json('--policy', file, 'actions', 'list')
      assert.equal(code, 2, JSON.stringify(value))
    }
  })
})

describe('a tokens file', () => {
  const serve = (file) => folder.json('serve', '--port', '0', '--tokens', file)

  test('is kept from others, and holds users with tokens that cannot be guessed', async () => {
    const secret = 'a-token-of-some-length'
    for (const [text, mode] of [
      [`4 ${secret}`, 0o644],
      ['4 short', 0o600],
      [`4 ${secret} more`, 0o600],
      [`4 ${secret}\n5 ${secret}`, 0o600],
      ['# nobody', 0o600],
      ['4', 0o600],
    ]) {
      chmodSync(join(folder.path, write('tokens.txt', text)), mode)
      const { code, err } = await serve('tokens.txt')
      assert.equal(code, 2, `${text} ${err}`)
      assert.doesNotMatch(err, new RegExp(secret))
    }
    assert.equal((await serve('nothing.txt')).code, 2)
    assert.deepEqual(readdirSync(folder.path), ['tokens.txt'])
  })
})

describe('a community of another system', () => {
  for (const document of [
    { slug: 'x1', title: 'X', access: 'restricted' },
    { slug: 'x1', title: 'X', access: ['restricted'] },
    { slug: 'x1', title: 'X', settings: [{ visibility: 'restricted' }] },
    { slug: 'x1', title: 'X', metadata: 'text' },
    { slug: 'x1', title: 'X', type: { id: 'project' } },
  ]) {
    test(`is refused as a whole where a part is of another shape: ${JSON.stringify(document)}`, async () => {
      const file = write('community.json', JSON.stringify(document))
      const { code, value } = await folder.json('communities', 'import', file, '--variant', 'invenio-communities-29')
      assert.deepEqual([code, value.error.code], [2, 'usage'])
      assert.match(value.error.message, /`(access|settings|metadata|type)` of the document is not/)
      assert.ok(!existsSync(join(folder.path, 'lictor.db')))
    })
  }
})
