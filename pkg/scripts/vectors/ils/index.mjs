// Which reading each section of the library's table has.
import { NotUnderstood } from '../shape.mjs'
import * as access from './access.mjs'
import * as loans from './loans.mjs'

const SECTIONS = {
  record_permission: access.recordPermission,
  search_filter: access.searchFilter,
  view_permissions: access.viewPermission,
  endpoint_permissions: access.endpointPermission,
  eitem_files: access.itemFiles,
  patron_search_filter: access.patronFilter,
  ils_transitions: loans.libraryTransition,
  default_invenio_circulation_transitions: loans.broughtTransitions,
  extend_permission: loans.extension,
  extension_max_count: loans.extensionCount,
  checkout_permission: loans.checkout,
  states: loans.stateKinds,
}

export function library(row, table) {
  const judge = Object.hasOwn(SECTIONS, row.section) ? SECTIONS[row.section] : undefined
  if (judge === undefined) throw new NotUnderstood(`section \`${row.section}\``)
  return judge(row, table)
}
