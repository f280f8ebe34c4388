// What is printed about files that were run, and whether they fail.
const SHOWN = 200

export function report(tallies) {
  const lines = tallies.flatMap(fileLines)
  const { lines: ruleLines, stale } = rules(tallies)
  lines.push(...ruleLines)
  const failed = stale > 0 || tallies.some(({ differs, notUnderstood }) => differs.length + notUnderstood.length > 0)
  return { lines, failed }
}

function fileLines({ name, total, agree, departs, differs, notUnderstood }) {
  const lines = [`${name}: ${agree} of ${total} agree`]
  if (departs > 0) lines.push(`  departs with a named reason: ${departs}`)
  const each = differs.map(([first, ...more]) => {
    const others = more.length > 0 ? ` (and ${more.length} more in this row)` : ''
    const { id, cell, expected, given } = first
    return `  differs ${id} ${cell}: expected ${show(expected)}, given ${show(given)}${others}`
  })
  lines.push(...capped(each, 'rows that differ'))
  if (notUnderstood.length > 0) {
    lines.push(`  not understood: ${notUnderstood.length}`)
    lines.push(
      ...capped(
        [...new Set(notUnderstood)].map((why) => `    ${why}`),
        'reasons',
      ),
    )
  }
  return lines
}

function capped(lines, what) {
  const rest = lines.length - SHOWN
  return rest > 0 ? [...lines.slice(0, SHOWN), `  ... and ${rest} more ${what}`] : lines
}

const show = (value) => (value === undefined ? 'nothing' : JSON.stringify(value))

/** Departures are judged over all files of a run: one that explains nothing where it should is stale. */
function rules(tallies) {
  const totals = new Map()
  for (const { rule, speaks, differs, rows } of tallies.flatMap((tally) => tally.rules)) {
    const total = totals.get(rule) ?? { speaks: 0, differs: 0, rows: 0 }
    totals.set(rule, { speaks: total.speaks + speaks, differs: total.differs + differs, rows: total.rows + rows })
  }
  const lines = []
  let stale = 0
  for (const [rule, { speaks, differs, rows }] of totals) {
    if (differs > 0) lines.push(`departs by ${rule.name}: ${rows} (${rule.reason})`)
    else if (!rule.rare) {
      stale += 1
      const why = speaks > 0 ? `all ${speaks} comparisons it speaks of agree` : 'it speaks of nothing here'
      lines.push(`stale departure ${rule.name}: ${why}`)
    }
  }
  return { lines, stale }
}
