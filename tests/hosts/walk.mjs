/**
 * Walks through the space of tests/golden/repository-space.json under a policy document and gives the digest of all answers. Its source is pasted into
 * programs for other hosts, so it uses nothing but its arguments and what every host has.
 */
export async function walk({ createEngine }, policy, space) {
  const merge = (into, more) => {
    const merged = { ...into }
    for (const [key, value] of Object.entries(more)) {
      const both = isObject(merged[key]) && isObject(value)
      merged[key] = both ? merge(merged[key], value) : value
    }
    return merged
  }
  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
  let documents = [space.base]
  for (const { values } of space.axes) documents = documents.flatMap((one) => values.map((more) => merge(one, more)))

  const letters = new Uint8Array(space.worlds.length * space.subjects.length * documents.length * space.actions.length)
  const counts = { a: 0, d: 0, u: 0 }
  let at = 0
  for (const { allowed_actions, facts: value } of space.worlds) {
    const engine = await createEngine({ policy, changes: { allowed_actions } })
    const facts = engine.facts(value)
    const index = engine.index(documents.map((record, id) => ({ ...record, id: String(id) })))
    const rows = documents.map((_, id) => index.row(String(id)))
    for (const subject of space.subjects) {
      const session = engine.session(subject, facts)
      for (const row of rows)
        for (const action of space.actions) {
          const letter = session.can(row, action)[0]
          counts[letter]++
          letters[at++] = letter.charCodeAt(0)
        }
      session.free()
    }
    for (const handle of [index, facts, engine]) handle.free()
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', letters))
  const hex = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${at} a:${counts.a} d:${counts.d} u:${counts.u} sha256-${hex}`
}
