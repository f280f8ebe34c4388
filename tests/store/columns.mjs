// What lists look at in the records of the suite, said in a few lines: the stores are tested with records of any shape.
// That the engine's own columns do as well is shown in `engine-columns.test.mjs`.

export const columns = {
  policy: { hash: 'of the suite' },
  columns({ $type, state, communities, owners, terms }) {
    if (state === 'no such state') throw new Error('the policy knows no such state')
    return {
      type: $type ?? 'record',
      state: state ?? '',
      primary: communities?.primary ?? null,
      secondary: communities?.secondary ?? [],
      owners: (owners ?? []).map(String),
      terms: terms ?? [],
    }
  },
}

/** Another policy: it reads the state elsewhere. */
export const otherColumns = {
  policy: { hash: 'of another suite' },
  columns: ({ stage, ...record }) => columns.columns({ ...record, state: stage ?? 'none' }),
}
