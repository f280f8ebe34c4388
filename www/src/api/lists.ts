/**
 * The access lists the repository starts with: one lets a person in, one lets holders of a role mend what is published, one
 * keeps some out of files.
 */
import type { JsonObject } from 'lictor'

export const firstLists: { [id: string]: JsonObject } = {
  'snow-for-lars': {
    type: 'id',
    name: 'Snow depths, for a comparison',
    operation: 'get',
    records: ['jcpqs-8bq91'],
    actors: [{ type: 'user', users: ['13'] }],
  },
  'stewards-mend-software': {
    type: 'query',
    name: 'Stewards mend what is said of software',
    operation: 'update',
    schemas: ['record'],
    query: { term: { 'metadata.type': 'Software' } },
    actors: [{ type: 'role', roles: ['data-stewards'] }],
  },
  'partners-no-photo-files': {
    type: 'property_value',
    name: 'No photo files for external partners',
    operation: 'read-files',
    effect: 'deny',
    schemas: ['record'],
    property_values: [{ name: 'metadata.type', value: 'Photo' }],
    actors: [{ type: 'role', roles: ['external-partners'] }],
  },
}
