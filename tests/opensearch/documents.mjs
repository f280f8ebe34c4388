// Documents as an OpenSearch index takes them in: which words each field has afterwards, which elements of nested lists are
// documents of their own, and what could not be read. Written from the documented behaviour of the mapping types; it shares no
// code with what it is to judge.

/** A document that the index would refuse; the host hears of it when it indexes. */
export class Refused extends Error {}

/** An index with a mapping and settings. */
export class Index {
  constructor(mappings, settings) {
    this.root = { properties: mappings.properties ?? {} }
    this.templates = mappings.dynamic_templates ?? []
    this.analysis = settings.analysis ?? {}
  }

  /** A document's entry: fields with their words, entries of nested lists by path, and the names of what was ignored. */
  take(id, document) {
    const ignored = new Set()
    const entry = this.#object(document, this.root, '', ignored, [])
    return { ...entry, id, fields: { ...entry.fields, _ignored: [...ignored].map((name) => ({ keyword: name })) } }
  }

  #object(object, level, path, ignored, above) {
    const entry = { fields: {}, nested: {} }
    this.#into(entry, object, level, path, ignored, [entry, ...above])
    return entry
  }

  #into(entry, object, level, path, ignored, above) {
    for (const [key, value] of Object.entries(object)) {
      // A dot in a key is one in the path.
      const name = path === '' ? key : `${path}.${key}`
      const parts = key.split('.')
      const inner = parts.reduce((found, part) => found?.properties?.[part], level) ?? {}
      for (const one of flat(value)) this.#value(entry, one, inner, name, ignored, above)
    }
  }

  #value(entry, value, mapping, name, ignored, above) {
    const type = mapping.type ?? (mapping.properties ? 'object' : undefined)
    const isObject = typeof value === 'object'
    if (type === 'nested' || (type ?? 'object') === 'object') {
      if (!isObject) {
        if (type !== undefined) throw new Refused(`${name} is an object`)
        return add(entry, name, this.#dynamic(value))
      }
      if (type !== 'nested') return this.#into(entry, value, mapping, name, ignored, above)
      const element = this.#object(value, mapping, name, ignored, above)
      ;(entry.nested[name] ??= []).push(element)
      // `include_in_parent` and `include_in_root`: the fields beside one another.
      const more = new Set(
        [mapping.include_in_parent && above[0], mapping.include_in_root && above.at(-1)].filter(Boolean),
      )
      for (const holder of more)
        for (const [field, words] of Object.entries(element.fields)) for (const word of words) add(holder, field, word)
      return undefined
    }
    if (isObject) {
      if (!mapping.ignore_malformed) throw new Refused(`${name} is no object`)
      ignored.add(name)
      return undefined
    }
    const word = this.#read(value, mapping)
    if (word === undefined) {
      if (!mapping.ignore_malformed) throw new Refused(`${name} is not read`)
      ignored.add(name)
      return undefined
    }
    return add(entry, name, word)
  }

  /** What a field becomes that no mapping names. */
  #dynamic(value) {
    const kind =
      typeof value === 'string'
        ? 'string'
        : typeof value === 'boolean'
          ? 'boolean'
          : Number.isInteger(value)
            ? 'long'
            : 'double'
    const template = this.templates.flatMap(Object.values).find((one) => one.match_mapping_type === kind)
    if (template?.mapping.type !== 'keyword') throw new Error('only keywords are known here')
    return this.#read(value, template.mapping)
  }

  #read(value, { type, analyzer, format }) {
    switch (type) {
      case 'keyword':
        // The text of the token in the source, whatever it is.
        return { keyword: typeof value === 'string' ? value : JSON.stringify(value) }
      case 'text':
        return { text: this.analyze(String(typeof value === 'string' ? value : JSON.stringify(value)), analyzer) }
      case 'long':
        return long(value)
      case 'double':
        return double(value)
      case 'date':
        return date(value, format)
      default:
        throw new Error(`no such type: ${type}`)
    }
  }

  /** The words of a text: character filters, the tokenizer, filters. */
  analyze(text, name) {
    const { char_filter: before = [], tokenizer, filter = [] } = this.analysis.analyzer[name]
    let filtered = text
    for (const one of before)
      for (const rule of this.analysis.char_filter[one].mappings) {
        const [from, to] = rule.split('=>')
        filtered = filtered.replaceAll(from.trim(), to.trim())
      }
    const { pattern } = this.analysis.tokenizer[tokenizer]
    const split = new RegExp(pattern.replaceAll('\\p{IsAlphabetic}', '\\p{Alphabetic}'), 'u')
    const words = filtered.split(split).filter((word) => word !== '')
    if (filter.some((one) => one !== 'lowercase')) throw new Error('only `lowercase` is known here')
    return filter.length === 0 ? words : words.map(lower)
  }
}

/** Lists in lists are one list; null is nothing. */
function flat(value) {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value.flatMap(flat) : [value]
}

function add(entry, name, word) {
  ;(entry.fields[name] ??= []).push(word)
}

/** Letter by letter: what a letter becomes by itself, if that is one letter. */
function lower(word) {
  return [...word]
    .map((letter) => {
      if (letter === '\u0130') return 'i'
      const small = letter.toLowerCase()
      return [...small].length === 1 ? small : letter
    })
    .join('')
}

const LONG = [-(2n ** 63n), 2n ** 63n - 1n]

/** `coerce` is on unless it is said otherwise: text is read as a number, a fraction is cut off. */
function long(value) {
  const number = double(value)?.number
  if (number === undefined) return undefined
  const whole = BigInt(Math.trunc(number))
  return whole < LONG[0] || whole > LONG[1] ? undefined : { number: Number(whole) }
}

function double(value) {
  if (typeof value === 'boolean') return undefined
  if (typeof value === 'string' && !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?\s*$/.test(value)) return undefined
  const number = typeof value === 'string' ? Number(value.trim().replace(/[dDfF]$/, '')) : value
  return Number.isFinite(number) ? { number } : undefined
}

const DATE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?)?$/

/** `strict_date_optional_time`, then `epoch_millis`. */
function date(value, format) {
  if (format !== 'strict_date_optional_time||epoch_millis') throw new Error(`no such format: ${format}`)
  const text = String(typeof value === 'string' ? value : JSON.stringify(value))
  const found = DATE.exec(text)
  const ms = found && strict(found)
  if (ms !== null && ms !== undefined) return { number: ms }
  if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined
  return { number: Math.floor(Number(text)) }
}

function strict([
  ,
  year,
  month = '01',
  day = '01',
  hour = '00',
  minute = '00',
  second = '00',
  fraction = '0',
  zone = 'Z',
]) {
  const at = new Date(0)
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(day)) return null
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  at.setUTCHours(Number(hour), Number(minute), Number(second), 0)
  const digits = zone.replace(':', '')
  const offset =
    zone === 'Z' ? 0 : (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3))) * (zone[0] === '-' ? -1 : 1)
  if (Math.abs(offset) > 18 * 60) return null
  return at.getTime() + Math.floor(Number(fraction.padEnd(9, '0')) / 1e6) - offset * 60_000
}
