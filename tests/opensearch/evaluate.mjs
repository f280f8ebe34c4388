// Queries of OpenSearch over entries of an index, written from its documentation; it shares no code with what makes them.

/** Whether an entry is a hit. */
export function hits(query, entry) {
  const [[kind, value], ...rest] = Object.entries(query)
  if (rest.length > 0) throw new Error(`a query has one key: ${JSON.stringify(query)}`)
  switch (kind) {
    case 'match_all':
      return true
    case 'match_none':
      return false
    case 'ids':
      return value.values.includes(entry.id)
    case 'bool':
      return joined(value, entry)
    case 'exists':
      return (
        some(entry, value.field) ||
        Object.keys(entry.fields).some((name) => name.startsWith(`${value.field}.`) && some(entry, name))
      )
    case 'terms': {
      const [[field, wanted]] = Object.entries(value)
      if (wanted.length > 65_536) throw new Error('too many terms')
      const set = new Set(wanted)
      return of(entry, field).some((word) => spellings(word).some((one) => set.has(one)))
    }
    case 'term': {
      const [[field, { value: wanted, case_insensitive: any }]] = Object.entries(value)
      const ascii = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      return of(entry, field).some((word) =>
        spellings(word).some((one) => (any ? ascii(one) === ascii(wanted) : one === wanted)),
      )
    }
    case 'prefix': {
      const [[field, start]] = Object.entries(value)
      return of(entry, field).some((word) => spellings(word).some((one) => one.startsWith(start)))
    }
    case 'regexp': {
      const [[field, pattern]] = Object.entries(value)
      const whole = new RegExp(`^(?:${pattern})$`, 'u')
      return of(entry, field).some((word) => spellings(word).some((one) => whole.test(one)))
    }
    case 'wildcard': {
      const [[field, pattern]] = Object.entries(value)
      const parts = pattern.match(/\\.|[^\\]/gsu).map((part) => {
        if (part === '*') return '.*'
        return part === '?' ? '.' : part.replace(/^\\/, '').replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
      })
      const whole = new RegExp(`^${parts.join('')}$`, 'su')
      return of(entry, field).some((word) => spellings(word).some((one) => whole.test(one)))
    }
    case 'range': {
      const [[field, ends]] = Object.entries(value)
      return of(entry, field).some((word) => between(word, ends))
    }
    case 'nested':
      return (entry.nested[value.path] ?? []).some((element) => hits(value.query, element))
    default:
      throw new Error(`no such query: ${kind}`)
  }
}

function joined(
  { filter = [], must = [], should = [], must_not: not = [], minimum_should_match: least, ...rest },
  entry,
) {
  if (Object.keys(rest).length > 0) throw new Error(`no such part: ${Object.keys(rest)}`)
  const wanted = least ?? (filter.length + must.length === 0 && should.length > 0 ? 1 : 0)
  return (
    [...filter, ...must].every((part) => hits(part, entry)) &&
    !not.some((part) => hits(part, entry)) &&
    should.filter((part) => hits(part, entry)).length >= wanted
  )
}

const of = (entry, field) => entry.fields[field] ?? []
const some = (entry, field) => of(entry, field).length > 0

/** What `terms` compares with. */
function spellings({ keyword, text }) {
  if (keyword !== undefined) return [keyword]
  if (text !== undefined) return text
  throw new Error('numbers and dates are asked for by ranges')
}

function between(word, { gt, gte, lt, lte, format, ...rest }) {
  if (Object.keys(rest).length > 0 || (format !== undefined && format !== 'epoch_millis'))
    throw new Error('no such range')
  const compare = word.keyword === undefined ? (a, b) => a - b : bytes
  const value = word.keyword ?? word.number
  const holds = (end, test) => end === undefined || test(compare(value, end))
  return holds(gt, (n) => n > 0) && holds(gte, (n) => n >= 0) && holds(lt, (n) => n < 0) && holds(lte, (n) => n <= 0)
}

/** Words are ordered by their bytes. */
function bytes(a, b) {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
