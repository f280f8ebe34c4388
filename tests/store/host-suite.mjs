// What a server asks of a store beyond facts: bookkeeping, lists, one writer at a time. Part of the suite every store passes.

import { cells } from './host-suite-cells.mjs'
import { changed } from './host-suite-changed.mjs'
import { input } from './host-suite-input.mjs'
import { list } from './host-suite-list.mjs'
import { model } from './host-suite-model.mjs'
import { pages } from './host-suite-pages.mjs'
import { words } from './host-suite-words.mjs'
import { writers } from './host-suite-writers.mjs'
import { writes } from './host-suite-write.mjs'

export const hostCases = [...writes, ...cells, ...changed, ...list, ...words, ...pages, ...model, ...writers, ...input]
