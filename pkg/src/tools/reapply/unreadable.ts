/**
 * Lists that the engine cannot read, or no longer can. What they meant is not known, and an index without them could let in
 * too many: whom one that denies kept out, or whom others name that it kept from counting. So nothing is written until they
 * are mended, and the error says which they are and how.
 */

import { LictorError } from '../../errors.js'
import type { Tools } from '../tools.js'
import type { Lists } from './standing.js'

/** Null: all can be read. */
export function unreadable(tools: Tools, lists: Lists): LictorError | null {
  if (faultOf(tools, lists) === null) return null
  const faults = [...lists].flatMap(([id, list]) => {
    const fault = faultOf(tools, new Map([[id, list]]))
    const advice = `nothing is re-applied until the access list \`${id}\` can be read; \`lictor acl delete\` takes it away and shows it`
    return fault === null ? [] : fault.faults.map((one) => ({ ...one, message: `${one.message}; ${advice}` }))
  })
  return new LictorError(faults)
}

function faultOf(tools: Tools, lists: Lists): LictorError | null {
  const held = tools.applied()
  try {
    held.change({ acls: Object.fromEntries(lists) })
    return null
  } catch (error) {
    if (error instanceof LictorError) return error
    throw error
  } finally {
    held.free()
  }
}
