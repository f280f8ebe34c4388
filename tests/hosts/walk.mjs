// Walks through finite spaces, under a policy document; each gives the digest of all answers. Their sources are pasted into
// programs for other hosts, so they use nothing but their arguments and what every host has.

/** Through a space of records by their parts: tests/golden/repository-space.json. */
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

/** Through a space of resources of several types: tests/golden/ils-space.json and library-space.json. */
export async function walkTypes({ createEngine }, policy, space) {
  let letters = ''
  for (const { changes, facts: value } of space.worlds) {
    const engine = await createEngine({ policy, changes })
    const facts = engine.facts(value)
    for (const subject of space.subjects)
      for (const resource of space.resources) {
        const all = engine.actions({ subject, resource }, facts)
        for (const action of space.actions[resource.type]) letters += all[action].decision[0]
      }
    for (const handle of [facts, engine]) handle.free()
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(letters)))
  const hex = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const count = (letter) => letters.split(letter).length - 1
  return `${letters.length} a:${count('a')} d:${count('d')} u:${count('u')} sha256-${hex}`
}
