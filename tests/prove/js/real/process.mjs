// Server processes (`server.mjs`): started, killed without warning, started again where they were.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('server.mjs', import.meta.url))

export class ServerProcess {
  kills = 0
  #child = null

  constructor(kind, address, port) {
    Object.assign(this, { kind, address, port })
    this.url = `http://127.0.0.1:${port}`
    process.once('exit', () => this.#child?.kill('SIGKILL'))
  }

  static async on(kind, address) {
    const server = new ServerProcess(kind, address, await freePort())
    await server.start()
    return server
  }

  async start() {
    const child = fork(program, [this.kind, this.address, String(this.port)])
    this.#child = child
    const gone = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code} before it listened`)
    })
    gone.catch(() => {})
    await Promise.race([once(child, 'message'), gone])
  }

  /** As the kernel does when memory runs out. */
  async kill() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.kills += 1
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
