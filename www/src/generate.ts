/**
 * More records than anybody wants to write by hand, the same ones on every machine.
 *
 * Distributions, all drawn from one seeded stream:
 *   community   rank i of n with weight 1/(i+1) (a few large ones, a long tail)
 *   secondary   of published ones none 70 %, one 24 %, two 6 %
 *   state       published 46, editing 22, pending-approval 16, approved 13, deleted 3 in 100
 *   access      restricted metadata 10 % (all of a restricted community), restricted files of the others 15 %
 *   owner       rank i of the users with weight 1/(i+1); a second owner in 8 %
 *   creators    one to four, one in three of them the owner
 *   year        1996 to 2025, the later the likelier (square root of a uniform number)
 */
import type { RepositoryRecord } from './model/document.js'

export interface GenerateInput {
  communities: string[]
  users: { id: number; name: string }[]
  /** Communities that hold no public record. */
  restricted: string[]
}

const STATES: [string, number][] = [
  ['published', 46],
  ['editing', 22],
  ['pending-approval', 16],
  ['approved', 13],
  ['deleted', 3],
]
const TYPES: [string, number][] = [
  ['Dataset', 60],
  ['Journal article', 16],
  ['Software', 14],
  ['Photo', 10],
]
const SUBJECTS = [
  'Snow depth transects',
  'Spring discharge series',
  'Dialect recordings',
  'Harbour toll ledgers',
  'Cosmic muon counts',
  'Soil respiration chambers',
  'Tide gauge readings',
  'Street noise measurements',
  'Glacier stake readings',
  'Eelgrass surveys',
  'Market price lists',
  'Detector calibration runs',
  'Church bell recordings',
  'Peat core photographs',
  'Buoy temperature profiles',
  'Drifting sand traps',
  'Merchant letter books',
  'Leaf phenology notes',
  'Background radiation logs',
  'River ice break-up dates',
]
const PLACES = [
  'the Upper Inn',
  'the Gulf of Riga',
  'Lisbon',
  'the Tatra foothills',
  'Svalbard',
  'the Po delta',
  'Bergen',
  'the Camargue',
  'Lake Ohrid',
  'the Ore mountains',
  'Crete',
  'the Wadden Sea',
  'northern Portugal',
  'Gotland',
  'the Massif Central',
  'Trieste',
]
const GIVEN = [
  'Ada',
  'Bela',
  'Chiara',
  'Dag',
  'Elif',
  'Filip',
  'Greta',
  'Hana',
  'Ivo',
  'Jana',
  'Kofi',
  'Lena',
  'Mirko',
  'Nadia',
  'Oskar',
  'Petra',
]
const FAMILY = [
  'Aaltonen',
  'Bauer',
  'Costa',
  'Dimitrov',
  'Eriksen',
  'Ferrari',
  'Garcia',
  'Horvat',
  'Ilves',
  'Janda',
  'Kral',
  'Lupu',
  'Moreau',
  'Novak',
  'Olsen',
  'Pavlou',
]
const METHODS = [
  'Collected by hand',
  'Recorded automatically every ten minutes',
  'Transcribed from paper sources',
  'Gathered with volunteers',
  'Measured along fixed transects',
]
const REMARKS = [
  'Gaps are marked, not filled.',
  'A second reading was taken in one of ten cases.',
  'Units and instruments are described in the read-me file.',
  'Earlier releases are superseded by this one.',
]

/** mulberry32: 32 bits of state, enough for test data and short enough to read. */
function stream(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const ID_LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** Ids look like Invenio's; the first four characters count, so two can never be equal. */
function identifier(n: number, draw: () => number): string {
  const count = Array.from({ length: 4 }, (_, i) => ID_LETTERS[(n >> (5 * (3 - i))) & 31]).join('')
  const tail = Array.from({ length: 5 }, () => ID_LETTERS[Math.floor(draw() * 32)]).join('')
  return `${count}g-${tail}`
}

export function* generate(input: GenerateInput, count: number, seed = 20260101): Generator<RepositoryRecord> {
  const draw = stream(seed)
  const one = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T
  const weighted = <T>(list: readonly (readonly [T, number])[]): T => {
    let left = draw() * list.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [value, weight] of list) if ((left -= weight) < 0) return value
    return (list[0] as readonly [T, number])[0]
  }
  const byRank = <T>(list: readonly T[]): (readonly [T, number])[] =>
    list.map((value, i) => [value, 1 / (i + 1)] as const)
  const communities = byRank(input.communities)
  const users = byRank(input.users)

  for (let n = 0; n < count; n++) {
    const primary = weighted(communities)
    const owner = weighted(users)
    const share = draw()
    const others = new Set<string>()
    for (let left = share < 0.7 ? 0 : share < 0.94 ? 1 : 2; left > 0; left--) others.add(one(input.communities))
    others.delete(primary)
    const second = draw() < 0.08 ? weighted(users) : owner
    const owners = [...new Set([owner.id, second.id])]
    const creators = Array.from({ length: 1 + Math.floor(draw() * 4) }, (_, i) =>
      i === 0 && draw() < 1 / 3 ? turned(owner.name) : `${one(FAMILY)}, ${one(GIVEN)}`,
    )
    const year = 1996 + Math.floor(Math.sqrt(draw()) * 30)
    const since = year - 1 - Math.floor(draw() * 9)
    const subject = one(SUBJECTS)
    const place = one(PLACES)
    const state = weighted(STATES)
    const closed = [primary, ...others].some((community) => input.restricted.includes(community))
    const record = closed || draw() < 0.1 ? 'restricted' : 'public'
    yield {
      id: identifier(n, draw),
      state,
      communities: { primary, secondary: state === 'published' ? [...others].sort() : [] },
      owners: owners.map((user) => ({ user })),
      access: { record, files: record === 'restricted' || draw() < 0.15 ? 'restricted' : 'public' },
      metadata: {
        title: `${subject}, ${place}, ${since}–${year}`,
        creators: [...new Set(creators)],
        abstract: `${subject} from ${place}, ${since} to ${year}. ${one(METHODS)}. ${one(REMARKS)}`,
        year,
        type: weighted(TYPES),
      },
    }
  }
}

function turned(name: string): string {
  const [given = '', ...family] = name.split(' ')
  return `${family.join(' ')}, ${given}`
}
