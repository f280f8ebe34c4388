/** What an export comes to: entities by their keys, each with the path it came from. */

import { keyText, valueText } from '../store/entities.js'
import { StoreError } from '../store/store.js'
import type { Change, EntityKey } from '../types.js'
import type { Part } from './part.js'

export interface Entity {
  key: EntityKey
  value: Extract<Change, { op: 'put' }>['value']
  path: string
}

export class Made {
  readonly #entities = new Map<string, Entity>()

  /** Notes a fault where a store could not keep it, or there is one already. */
  put(key: EntityKey, value: Entity['value'], { path, log }: Part): void {
    try {
      const text = keyText(key)
      valueText(text, value, '')
      const before = this.#entities.get(text)
      if (before) log.fault(path, `is there twice: ${before.path}`, 'duplicate')
      else this.#entities.set(text, { key, value, path })
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log.fault(path, error.message.replace(/^key\.|^: /, ''))
    }
  }

  get(key: EntityKey): Entity | undefined {
    return this.#entities.get(keyText(key))
  }

  /** Those of some relations, in the order of their keys. */
  of(...relations: EntityKey['relation'][]): Entity[] {
    const found = [...this.#entities].filter(([, { key }]) => relations.includes(key.relation))
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entity]) => entity)
  }
}
