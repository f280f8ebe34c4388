// Words of records: whole words, all of them, whatever the language and the database's idea of letters.

import { same } from './assert.mjs'
import { put } from './suite-commit.mjs'

const always = { op: 'always' }
const records = {
  czech: { metadata: { title: 'Příliš žluťoučký kůň', note: 'pěl ďábelské ódy' } },
  apart: { metadata: { title: 'Pr\u030Ci\u0301lis\u030C z\u030Clut\u030Couc\u030Cky\u0301' } },
  greek: { metadata: { title: 'ΟΔΥΣΣΕΥΣ και Ιθάκη' } },
  turkish: { metadata: { title: 'İstanbul ISPARTA' } },
  chinese: { metadata: { title: '北京 大学' } },
  code: { metadata: { title: 'foo-bar_baz 10.1234/ABC-9', tags: ['Open Data', "O'Brien"] } },
  plain: { metadata: { title: 'open the DATA; SELECT * FROM records --' }, count: 42 },
}

/** [words, the records that hold them] */
const questions = [
  ['žluťoučký', ['apart', 'czech']],
  ['ŽLUŤOUČKÝ příliš', ['apart', 'czech']],
  ['z\u030Clut\u030Couc\u030Cky\u0301', ['apart', 'czech']],
  ['žluťoučký ódy', ['czech']],
  ['zlutoucky', []],
  ['kůň kůň KŮŇ', ['czech']],
  ['ιθάκη', ['greek']],
  ['οδυσσευς ΚΑΙ', ['greek']],
  ['北京', ['chinese']],
  ['大', []],
  ['isparta', ['turkish']],
  ['İstanbul', ['turkish']],
  ['open data', ['code', 'plain']],
  ['data open', ['code', 'plain']],
  ['dat', []],
  ['abc 9 1234', ['code']],
  ['bar foo baz', ['code']],
  ['o brien', ['code']],
  ['*', Object.keys(records).sort()],
  ['%', Object.keys(records).sort()],
  ['', Object.keys(records).sort()],
  ['select * from records', ['plain']],
  ['open nothing', []],
  ['title', []],
  ['42', []],
]

const idsOf = ({ hits }) => hits.map(({ id }) => id)

export const words = [
  {
    name: 'words are found as people write them, and only whole',
    async run({ open, log }) {
      const store = await open({ records })
      for (const [q, expected] of questions) {
        const page = await store.list({ where: always, q, limit: 100, total: true })
        same([idsOf(page), page.total.value], [expected, expected.length], `words of ${JSON.stringify(q)}`)
      }
      log(`${questions.length} questions`)
    },
  },
  {
    name: 'words go together with conditions, order and pages',
    async run({ open }) {
      const store = await open()
      const changes = Array.from({ length: 90 }, (_, i) =>
        put(`r${i}`, { state: ['draft', 'published'][i % 2], title: `number n${i % 3} of many` }),
      )
      await store.commit(changes, await store.revision())
      const where = { op: 'state', in: ['published'] }
      const found = []
      for (let after; ;) {
        const page = await store.list({ where, q: 'N1 many', order: '-id', limit: 4, ...(after && { after }) })
        found.push(...idsOf(page))
        if (!page.next) break
        after = page.next
      }
      const expected = Array.from({ length: 90 }, (_, i) => i).filter((i) => i % 2 === 1 && i % 3 === 1)
      same(
        found,
        expected
          .map((i) => `r${i}`)
          .sort()
          .reverse(),
      )
    },
  },
  {
    name: 'a document of very many words, and words of any length',
    async run({ open }) {
      const store = await open()
      const text = Array.from({ length: 20_000 }, (_, i) => `w${i}`).join(' ')
      const long = 'ž'.repeat(5000)
      await store.commit(
        [put('many', { title: 'first', text }), put('long', { text: `${long}a` })],
        await store.revision(),
      )
      same(idsOf(await store.list({ where: always, q: 'first w7', limit: 5 })), ['many'])
      same(
        idsOf(await store.list({ where: always, q: long, limit: 5 })),
        ['long'],
        'what is beyond the bound is cut on both sides',
      )
    },
  },
]
