/** Errors by name: the engine and the store come from other bundles, so theirs are not instances of our classes. */

import type { LictorError } from '../../errors.js'
import type { StoreError } from '../../store/store.js'

export function isLictorError(error: unknown): error is LictorError {
  return error instanceof Error && error.name === 'LictorError'
}

export function isStoreError(error: unknown, code: StoreError['code']): error is StoreError {
  return error instanceof Error && error.name === 'StoreError' && 'code' in error && error.code === code
}
