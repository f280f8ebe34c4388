/** What a repository's listeners (mail, index, DOI) would hear, kept to be looked at. */
import type { ServerContext, ServerEvent } from 'lictor/server'
import type { Subject } from 'lictor'
import type { HostStore } from 'lictor/store'

export interface Heard {
  at: string
  event: string
  /** The person's id. */
  who: string
  record: string
}

const CELL = 'demo/heard'
const KEPT = 60

export class Hearing {
  private last: Promise<void> = Promise.resolve()

  constructor(private readonly store: HostStore) {}

  /** One after another: each reads what the one before wrote. */
  note({ name, subject, resource }: ServerEvent): Promise<void> {
    const who = 'id' in subject ? String(subject.id) : subject.type
    const entry: Heard = { at: new Date().toISOString(), event: name, who, record: resource.id }
    this.last = this.last.then(async () => this.keep([entry, ...(await this.all())].slice(0, KEPT)))
    return this.last
  }

  forget(): Promise<void> {
    return this.keep([])
  }

  /** Of events, too, nobody hears more than of the records they may read. */
  async seenBy(subject: Subject, context: ServerContext): Promise<Heard[]> {
    const all = await this.all()
    const readable = new Set<string>()
    for (const id of new Set(all.map(({ record }) => record))) {
      const { value } = await context.resolve({ do: 'read', subject, resource: { type: 'record', id } })
      if (value.outcome === 'ok') readable.add(id)
    }
    return all.filter(({ record }) => readable.has(record))
  }

  private async all(): Promise<Heard[]> {
    return JSON.parse((await this.store.cell(CELL)) ?? '[]') as Heard[]
  }

  private async keep(entries: Heard[]): Promise<void> {
    await this.store.write({ cells: [{ key: CELL, text: JSON.stringify(entries) }] })
  }
}
