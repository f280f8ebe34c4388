/**
 * The feed: tells a device that its own view moved, and nothing else. After a write every connected device's view is
 * looked at; a device whose view stayed where it was hears nothing, so it cannot tell that anything happened.
 */

import type { Subject } from '../../types.js'
import { Problem } from '../problem.js'
import { isBusy } from './steady.js'
import { readDevice } from './cells.js'
import type { Owner, Sync } from './sync.js'
import { NotYours } from './sync.js'
import { look } from './view.js'

interface Connection extends Owner {
  subject: Subject
  /** The last revision it was told. */
  rev: number
  send(line: string): void
  end(): void
}

const encoder = new TextEncoder()

/** Lines a device may leave unread before it is taken for gone. */
const MAX_UNREAD = 64

export class Feed {
  private readonly connections = new Set<Connection>()
  private pending: ReturnType<typeof setTimeout> | undefined
  private beat: ReturnType<typeof setInterval> | undefined
  private looking: Promise<void> | null = null

  constructor(private readonly sync: Sync) {}

  /** A stream of events for one device, which begins with where its view stands. */
  async open(owner: Owner): Promise<Response> {
    this.checkRoom(owner)
    const { device } = await look(this.sync, owner)
    this.checkRoom(owner)
    let connection: Connection | undefined
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          connection = this.connect(owner, device.rev, controller)
        },
        cancel: () => connection?.end(),
      },
      { highWaterMark: 1 },
    )
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
    return new Response(body, { headers })
  }

  /** Somebody wrote something. */
  changed(): void {
    if (this.connections.size === 0 || this.pending !== undefined) return
    this.pending = setTimeout(() => {
      this.pending = undefined
      this.looking = (this.looking ?? Promise.resolve()).then(() => this.lookAtAll())
    }, this.sync.options.debounce)
  }

  /** A device's view moved. */
  moved(device: string, rev: number): void {
    for (const connection of this.connections) if (connection.device === device) tell(connection, rev)
  }

  close(): void {
    for (const connection of [...this.connections]) connection.end()
  }

  private connect(owner: Owner, rev: number, controller: ReadableStreamDefaultController<Uint8Array>): Connection {
    const { options } = this.sync
    const end = (): void => {
      if (!this.connections.delete(connection)) return
      clearTimeout(lifetime)
      if (this.connections.size === 0) this.rest()
      try {
        controller.close()
      } catch {
        // The device went first.
      }
    }
    const send = (line: string): void => {
      if ((controller.desiredSize ?? 0) < -MAX_UNREAD) end()
      else controller.enqueue(encoder.encode(line))
    }
    const connection: Connection = { ...owner, rev: -1, send, end }
    // Whoever may no longer sign in is let go with the connection.
    const lifetime = setTimeout(end, options.connection)
    this.connections.add(connection)
    this.beat ??= setInterval(() => void this.heartbeat(), options.heartbeat)
    tell(connection, rev)
    return connection
  }

  private checkRoom({ user }: Owner): void {
    const { connections, connectionsOfUser } = this.sync.options
    const own = [...this.connections].filter((connection) => connection.user === user).length
    if (own >= connectionsOfUser) throw crowded(429, `you have ${own} connections already; close one`)
    if (this.connections.size >= connections) throw crowded(503, 'too many devices are connected')
  }

  /** Looking moves what moved, and whoever moves it tells the device (`Sync.moved`). */
  private async lookAtAll(): Promise<void> {
    const owners = new Map([...this.connections].map((connection) => [connection.device, connection]))
    for (const owner of owners.values()) {
      if (!this.connections.has(owner)) continue
      const { subject, user, device } = owner
      try {
        await look(this.sync, { subject, user, device })
      } catch (error) {
        // Others that write must not be felt by the device: it is looked at again.
        if (isBusy(error)) this.changed()
        else {
          owner.end()
          if (!(error instanceof Problem || error instanceof NotYours)) this.sync.context.report(error)
        }
      }
    }
  }

  /** At fixed times, whatever happened: says that the connection lives, and what other processes moved. */
  private async heartbeat(): Promise<void> {
    for (const connection of [...this.connections]) {
      connection.send(':\n\n')
      try {
        const device = await readDevice(this.sync.context.store, connection.device)
        if (device?.value.user === connection.user) tell(connection, device.value.rev)
        else connection.end()
      } catch (error) {
        this.sync.context.report(error)
      }
    }
  }

  private rest(): void {
    clearTimeout(this.pending)
    clearInterval(this.beat)
    this.pending = undefined
    this.beat = undefined
  }
}

function tell(connection: Connection, rev: number): void {
  if (rev === connection.rev) return
  connection.rev = rev
  connection.send(`data: {"rev":${rev}}\n\n`)
}

function crowded(status: number, message: string): Problem {
  const detail = `${message}; poll \`sync/status\` instead`
  return new Problem(status, 'too_many_connections', detail, { headers: { 'retry-after': '30' } })
}
