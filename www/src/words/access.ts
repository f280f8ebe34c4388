/** Visibility of records in words. */
import type { Level } from '../model/document.js'

export const LEVELS: { [level in Level]: string } = {
  public: 'Public, once it is published.',
  restricted: 'Restricted to owner, curators and those given access; members as the community sets it.',
}

/** Fields of a record that only some people are shown, by their address. */
export const HIDDEN: { [path: string]: string } = {
  'access.grants': 'who else was given access',
  'access.links': 'secret links',
  '_access.read': 'named readers',
  inclusions: 'communities it asked to join',
  'communities.primary': 'a community you may not know of',
  'communities.secondary': 'communities you may not know of',
  'review.community': 'a community you may not know of',
}

export interface Right {
  name: string
  label: string
  /** After "may". */
  verb: string
}

export const RIGHTS: readonly Right[] = [
  { name: 'view', label: 'View', verb: 'read it once published' },
  { name: 'preview', label: 'Preview', verb: 'read the draft too' },
  { name: 'edit', label: 'Edit', verb: 'edit it' },
  { name: 'manage', label: 'Manage', verb: 'do what its owner may' },
]

export const rightWord = (name: string): string => RIGHTS.find((right) => right.name === name)?.label ?? name
