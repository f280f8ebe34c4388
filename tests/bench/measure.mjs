// Timing by rounds: each contender once a round, in turning order, so that a busy machine hurts all alike.

/** What runs leave behind, so that no loop can be optimised away. */
export let checksum = 0

/**
 * Contenders are `{ name, run, before? }`. `run(prepared)` returns how many operations it did, `{ ops, sum }`, and
 * those with the same `sum` agree once more; `before` is not timed. Returns nanoseconds per operation by name.
 */
export function rounds(contenders, count) {
  const times = new Map(contenders.map(({ name }) => [name, []]))
  const sums = new Map()
  // Two rounds more than are counted: compilers wake up in them.
  for (let round = -2; round < count; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const { name, run, before } = contenders[(turn + round + contenders.length) % contenders.length]
      const prepared = before?.()
      const start = performance.now()
      const { ops, sum } = run(prepared)
      const spent = performance.now() - start
      checksum += sum
      sums.set(name, sum)
      if (round >= 0) times.get(name).push((spent * 1e6) / ops)
    }
  }
  const [first, ...rest] = sums
  for (const [name, sum] of rest) {
    if (sum !== first[1]) throw new Error(`${name} counts ${sum} where ${first[0]} counts ${first[1]}`)
  }
  return Object.fromEntries([...times].map(([name, list]) => [name, summary(list)]))
}

/** Median, best, and how far the middle half of the rounds spreads around it. */
export function summary(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  const median = at(0.5)
  return { median, best: sorted[0], noise: (at(0.75) - at(0.25)) / median }
}

export function time(nanoseconds) {
  if (nanoseconds < 1000) return `${nanoseconds.toFixed(nanoseconds < 10 ? 1 : 0)} ns`
  if (nanoseconds < 1e6) return `${(nanoseconds / 1000).toPrecision(3)} us`
  return `${(nanoseconds / 1e6).toPrecision(3)} ms`
}

/** A table in Markdown; columns are as wide as their widest cell. */
export function markdown(head, lines) {
  const widths = head.map((word, column) => Math.max(word.length, ...lines.map((line) => line[column].length)))
  const row = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...lines.map(row)].join('\n')
}
