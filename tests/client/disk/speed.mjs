// How fast a disk is. Runs in a page, so it stands for itself. Returns lines for a person to read.

export async function speed() {
  const COUNT = 50_000
  const { entriesOf, meta, KEYS, openIndexedDBDisk } = globalThis.disk
  const document = (i, more = {}) => ({
    k: { relation: 'record', id: `r${String(i).padStart(5, '0')}` },
    v: {
      communities: { primary: `c${i % 50}`, secondary: [] },
      owners: [i % 997],
      state: ['draft', 'pending-approval', 'published'][i % 3],
      access: { record: i % 4 ? 'public' : 'restricted', files: 'public' },
      metadata: { title: `Record number ${i}: příliš žluťoučký` },
    },
    ...more,
  })
  const lines = []
  for (const [label, share] of [
    ['nothing sealed', 0],
    ['a fifth sealed', 5],
  ]) {
    const options = { name: `speed ${share}`, user: 7 }
    const seal = (i) => (share && i % share === 0 ? { seal: 'dusk' } : {})
    const entries = Array.from({ length: COUNT }, (_, i) => document(i, seal(i)))
    const times = []
    const timed = async (what, work) => {
      const start = performance.now()
      const result = await work()
      times.push(`${what} ${Math.round((performance.now() - start) * 10) / 10} ms`)
      return result
    }
    const text = await timed('JSON.stringify alone', () => entries.map((entry) => JSON.stringify(entry)).join())
    await timed('JSON.parse alone', () => JSON.parse(`[${text}]`))
    let disk = await openIndexedDBDisk(options)
    await timed('first write', () => disk.view.reset(meta(), entries, KEYS, 0))
    const ops = (step) =>
      Array.from({ length: 500 }, (_, i) => ({
        op: 'put',
        ...document(i * 100, { ...seal(i * 100), derived: { [`a${step}`]: 'deny' } }),
      }))
    for (const step of [1, 2]) await timed('patch of 500', () => disk.view.patch(meta(), ops(step), KEYS, 0))
    await timed('one that leaves', () => disk.view.patch(meta(), [{ op: 'del', k: document(1).k }], KEYS, 0))
    await timed('the next', () => disk.view.patch(meta(), [{ op: 'del', k: document(2).k }], KEYS, 0))
    const adds = []
    for (let i = 0; i < 50; i++) {
      const start = performance.now()
      await disk.outbox.add((n) => globalThis.disk.intent(n))
      adds.push(performance.now() - start)
    }
    times.push(`add ${Math.round(adds.sort((a, b) => a - b)[25] * 100) / 100} ms (median of 50)`)
    for (let i = 0; i < 3; i++) {
      await disk.view.patch(meta(), ops(9), KEYS, 0)
      await Promise.all([disk.outbox.close(), disk.view.close()])
      const found = await timed(i ? 'again' : 'open and load, log of 500', async () => {
        disk = await openIndexedDBDisk(options)
        return disk.view.load(KEYS)
      })
      if (entriesOf(found).length !== COUNT - 2) throw new Error(`${entriesOf(found).length} entries`)
    }
    await disk.view.wipe()
    await disk.outbox.wipe()
    lines.push(`${COUNT} entries, ${label}: ${times.join(', ')}`)
  }
  return lines
}
