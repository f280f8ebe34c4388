// Bookkeeping: kept as it was given, in the order of bytes, in pages by prefix.

import { equal, same } from './assert.mjs'

const keysOf = (cells) => cells.map(({ key }) => key)

/** As odd as keys may be; in order. */
const odd = [
  ' ',
  '!',
  '"quoted"',
  '%',
  '%_',
  "'",
  '*',
  'A',
  'Z',
  '[',
  '\\',
  '_',
  'a',
  'a ',
  'a!',
  'a/',
  'a/b',
  'a0',
  'aa',
  'a~',
  '~',
  '~~',
]

export const cells = [
  {
    name: 'cells come back as they were, also after reopening',
    async run({ open, reopen }) {
      let store = await open()
      const texts = [
        '',
        '{}',
        '{"a":1}\n',
        ' tab\t',
        '😀 Žluťoučký',
        '\u2028\uFEFF',
        "it's",
        '%s ? $1 :a',
        'x'.repeat(300_000),
      ]
      await store.write({ cells: texts.map((text, i) => ({ key: `t/${i}`, text })) })
      if (reopen) store = await reopen(store)
      for (const [i, text] of texts.entries()) equal(await store.cell(`t/${i}`), text, `text ${i}`)
      equal(await store.cell('t/none'), null)
      equal(await store.cell('constructor'), null)
      same(
        (await store.cells('t/')).map(({ text }) => text),
        texts,
      )
    },
  },
  {
    name: 'cells by prefix, in the order of bytes, page by page',
    async run({ open }) {
      const store = await open()
      const shuffled = odd.toSorted(
        (a, b) => ((a.length * 7 + a.charCodeAt(0)) % 11) - ((b.length * 7 + b.charCodeAt(0)) % 11),
      )
      await store.write({ cells: shuffled.map((key) => ({ key, text: key })) })
      same(keysOf(await store.cells('')), odd)
      for (const prefix of ['a', 'a/', '%', '_', '~', '[', '\\', 'A', 'b', 'a/b/c']) {
        const expected = odd.filter((key) => key.startsWith(prefix))
        same(keysOf(await store.cells(prefix)), expected, `prefix ${prefix}`)
        for (const limit of [1, 2, 5, 100]) same(await walk(store, prefix, limit), expected, `${prefix} by ${limit}`)
      }
      same(keysOf(await store.cells('a', { after: 'a/' })), ['a/b', 'a0', 'aa', 'a~'])
      same(
        keysOf(await store.cells('a', { after: 'A' })),
        odd.filter((key) => key.startsWith('a')),
        'after, before it starts',
      )
      same(keysOf(await store.cells('a', { after: 'b' })), [], 'after, behind its end')
      same(keysOf(await store.cells('a', { after: 'a', limit: 2 })), ['a ', 'a!'], 'after a key equal to the prefix')
    },
  },
  {
    name: 'pages of cells go on behind the last key, whatever came and went',
    async run({ open }) {
      const store = await open()
      const key = (i) => `view/d/${String(i).padStart(4, '0')}`
      await store.write({ cells: Array.from({ length: 300 }, (_, i) => ({ key: key(2 * i), text: '' })) })
      const first = await store.cells('view/d/', { limit: 100 })
      const last = first.at(-1).key
      await store.write({
        cells: [
          { key: last, text: null },
          { key: key(1), text: '' },
          { key: key(199), text: '' },
        ],
      })
      const next = await store.cells('view/d/', { after: last, limit: 3 })
      same(keysOf(next), [key(199), key(200), key(202)])
    },
  },
  {
    name: 'a key and a text as long as allowed; a thousand cells in one write',
    async run({ open, reopen }) {
      let store = await open()
      const long = 'k'.repeat(1024)
      const many = Array.from({ length: 1000 }, (_, i) => ({ key: `many/${String(i).padStart(4, '0')}`, text: `${i}` }))
      await store.write({ cells: [{ key: long, text: 'x'.repeat(1_048_576) }, ...many] })
      if (reopen) store = await reopen(store)
      equal((await store.cell(long)).length, 1_048_576)
      same(await store.cells('many/'), many)
      await store.write({ cells: many.map(({ key }) => ({ key, text: null })), guards: many })
      same(await store.cells('many/'), [])
    },
  },
]

async function walk(store, prefix, limit) {
  const found = []
  for (let after; ;) {
    const page = await store.cells(prefix, { limit, ...(after !== undefined && { after }) })
    found.push(...keysOf(page))
    if (page.length < limit) return found
    after = found.at(-1)
  }
}
