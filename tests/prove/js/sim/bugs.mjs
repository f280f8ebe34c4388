// Faults planted on purpose, each around a piece of the product that is whole. Histories must find every one of them:
// what they would not find they do not prove. `store`, `disk` and `engine` stand between the product and what it uses;
// `answer` is given what a server answers.

/** Calls of `methods` in place of those of `target`. */
function around(target, methods) {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(methods, name)) return methods[name]
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const isMemory = (key) => key.startsWith('verdict/') || key.startsWith('idem/')

export const bugs = {
  /** The server forgets what it decided: a command that is sent again is a new one. */
  'dedupe off': {
    store: (store) =>
      around(store, {
        cell: async (key) => {
          if (isMemory(key)) return null
          const text = await store.cell(key)
          // Nor does it know how far it had come.
          return key.startsWith('device/') && text !== null ? JSON.stringify({ ...JSON.parse(text), lastN: 0 }) : text
        },
        cells: async (prefix, options) => (isMemory(prefix) ? [] : store.cells(prefix, options)),
        write: (write) => store.write({ ...write, guards: [] }),
      }),
  },

  /** The client acknowledges verdicts, and shows them, before they are on its disk. */
  'trim not atomic': {
    disk: ({ outbox, view }, { world }) => {
      const held = new Map()
      const withHeld = (state) => ({
        ...state,
        kept: state.kept.map((row) => (row.verdict ? row : { ...row, ...held.get(row.intent.idem) })),
      })
      const settle = async (verdicts, fence) => {
        for (const verdict of verdicts) held.set(verdict.idem, { verdict })
        world.time.after(world.chance.below(120_000), () => void outbox.settle(verdicts, fence).catch(() => {}))
      }
      return { view, outbox: around(outbox, { settle, load: async () => withHeld(await outbox.load()) }) }
    },
  },

  /** Nobody's fence is ever raised: a tab that led before writes on. */
  'fencing off': {
    disk: ({ outbox, view }) => ({ view, outbox: around(outbox, { claim: async () => 1 }) }),
  },

  /** What others wrote stays in the outbox, whoever may see it. */
  'quotes kept': {
    disk: ({ outbox, view }) => ({ view, outbox: around(outbox, { redact: async () => {} }) }),
  },

  /** What a device does not hold does not exist. */
  'closed world': {
    engine: (engine) =>
      around(engine, {
        replica: (subject) => {
          const replica = engine.replica(subject)
          const naive = engine.replica(subject)
          const blind = ({ derived: _, ...rest }) => rest
          const everything = ['community', 'membership', 'access', 'user', 'record'].map((relation) => ({ relation }))
          return around(naive, {
            reset: (entries, closed, locked) => {
              replica.reset(entries, closed, locked)
              naive.reset(entries.map(blind), everything)
            },
            load: (list) => {
              replica.load(list)
              naive.load(JSON.parse(new TextDecoder().decode(list)).map(blind))
            },
            patch: (ops, closed) => {
              replica.patch(ops, closed)
              naive.patch(ops.map(blind), everything)
            },
            entries: () => replica.entries(),
            confirmed: (key) => replica.confirmed(key),
            free: () => {
              replica.free()
              naive.free()
            },
          })
        },
      }),
  },

  /** The server knows an intent by its number alone: of two devices that go by one name, one is told what the other did. */
  'numbers without names': {
    answer: async (response, { request, host: { store } }) => {
      if (!request.url.endsWith('/push')) return response
      const [{ device, intents }, { stop, ...rest }] = [await request.json(), await response.clone().json()]
      if (stop?.code !== 'idem_mismatch') return response
      const { idem } = intents.find(({ n }) => n === stop.n)
      const other = await store.cell(`verdict/${device}/${String(stop.n).padStart(10, '0')}`)
      return Response.json({ ...rest, verdicts: [...rest.verdicts, { ...JSON.parse(other), idem }] })
    },
  },

  /** A server gives its view to a device that holds the rules of another policy. */
  'any policy will do': {
    answer: async (response, { request, node }) => {
      if (!request.url.endsWith('/pull')) return response
      const { t, hash: bundle } = await response.clone().json()
      if (t !== 'bundle_required') return response
      const asked = await request.clone().json()
      return node.handler(new Request(request, { body: JSON.stringify({ ...asked, have: { ...asked.have, bundle } }) }))
    },
  },

  /** Effects are written first and the verdict after them: a server that dies in between has done what it never said. */
  'verdict outside the transaction': {
    store: (store) =>
      around(store, {
        write: async ({ changes, expected, guards, cells }) => {
          if (changes === undefined || cells === undefined) return store.write({ changes, expected, guards, cells })
          const revision = await store.write({ changes, expected, guards })
          await store.write({ cells })
          return revision
        },
      }),
  },

  /** Every commit moves the revision of every device's view. */
  'global sequence in the token': {
    store: (store) =>
      around(store, {
        write: async (write) => {
          const revision = await store.write(write)
          if (write.changes === undefined) return revision
          const own = new Set((write.cells ?? []).map(({ key }) => key))
          const devices = (await store.cells('device/')).filter(({ key }) => !own.has(key))
          const cells = devices.map(({ key, text }) => {
            const device = JSON.parse(text)
            return { key, text: JSON.stringify({ ...device, rev: device.rev + 1 }) }
          })
          if (cells.length > 0) await store.write({ cells })
          return revision
        },
      }),
  },
}
