// A policy in which access lists count beside communities.

import { engine as plain } from './server.mjs'
import { createEngine } from 'lictor'

const { read, update } = plain.document.rules
const listed = (rule, ...words) => ({
  any: null,
  all: [{ any: [rule, { acl: words }] }, { not: { acl_denied: words } }],
})

export const engine = await createEngine({
  policy: 'oarepo',
  changes: {
    acls: { fields: { title: 'keyword' } },
    rules: { read: listed(read, 'read'), update: listed(update, 'update') },
  },
})

export const onList = (id) => ({ relation: 'acl', id })

/** A list for users; with a title, of records that have it. */
export function list(operation, users, { title, ...more } = {}) {
  const means = title === undefined ? { type: 'default' } : { type: 'query', query: { term: { title } } }
  return { ...means, schemas: ['record'], operation, actors: [{ type: 'user', users }], ...more }
}
