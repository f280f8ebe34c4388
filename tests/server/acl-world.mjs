// A repository where access lists say who may do what, behind a handler.
import { serverWith } from './world.mjs'

export const USERS = { reader: 1, other: 2, creator: 7, listadmin: 8, root: 9 }

const list = (operation, more) => ({ operation, ...more })
const users = (...ids) => [{ type: 'user', users: ids }]

export const lists = () => ({
  all: list('get', { type: 'default', schemas: ['record'], actors: users(1) }),
  // Above the one before, so of what it finds that one says nothing.
  law: list('get', {
    type: 'query',
    schemas: ['record'],
    priority: 5,
    query: { term: { faculty: 'law' } },
    actors: [
      { type: 'user', users: [2] },
      { type: 'record_user', path: '/creator' },
    ],
  }),
  campus: list('get', {
    type: 'id',
    records: ['r3'],
    priority_group: 'campus',
    actors: [{ type: 'system_role', system_role: 'campus_user' }],
  }),
  print: list('print', { type: 'default', schemas: ['record'], actors: users(1, 2) }),
})

export const facts = () => ({
  users: { 2: { roles: ['staff'] } },
  access: [
    { action: 'superuser-access', user: 9 },
    { action: 'acl-admin', user: 8 },
  ],
  records: {
    r1: { title: 'One', faculty: 'law', creator: 7, pages: 12 },
    r2: { title: 'Two', faculty: 'arts', creator: 7, pages: 3 },
    r3: { title: 'Three', faculty: 'arts', creator: 3, pages: 40 },
    gone: { title: 'Gone', faculty: 'arts', creator: 7, state: 'deleted' },
  },
  acls: lists(),
  complete: true,
})

export const withLists = (options = {}) =>
  serverWith({
    policy: 'explicit-acls',
    changes: { acls: { fields: { pages: 'integer' } } },
    world: facts(),
    people: USERS,
    ...options,
  })
