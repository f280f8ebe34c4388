// The assertions of the disk's suite; those of the stores, and one for DiskErrors.

export { equal, ok, random, same, until } from '../../store/assert.mjs'

/** Resolves with the DiskError that `work` rejects with. */
export async function fails(code, work, about = 'call') {
  let error
  try {
    await work()
  } catch (thrown) {
    error = thrown
  }
  if (!error) throw new Error(`${about}: expected DiskError \`${code}\`, but nothing was thrown`)
  if (error.name !== 'DiskError' || error.code !== code)
    throw new Error(`${about}: expected DiskError \`${code}\`, got ${error.stack}`)
  return error
}
