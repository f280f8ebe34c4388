/** The names the page speaks of, for who is signed in and what this device holds. */
import { computed } from '@preact/signals'
import type { Names } from '../words/names.js'
import { subjectId } from './account.js'
import { nameOf } from './people.js'
import { communities } from './state.js'

export const titleOf = (community: string): string => communities.value[community]?.title ?? community

export const names = computed<Names>(() => {
  const titles = communities.value
  return { subject: nameOf(subjectId.value), community: (id) => titles[id]?.title ?? id, user: nameOf }
})
