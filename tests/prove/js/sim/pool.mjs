// Histories on several processes.

import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('worker.mjs', import.meta.url))

export class Pool {
  #idle = []
  #waiting = []
  #all = []

  constructor(size = availableParallelism()) {
    for (let i = 0; i < size; i++) this.#start()
  }

  /** Runs one history; `bug` names a planted one. */
  run(job) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject })
      this.#assign()
    })
  }

  close() {
    for (const child of this.#all) child.kill()
  }

  #start() {
    const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#all.push(child)
    child.task = null
    child.on('message', (result) => {
      const { resolve } = child.task
      child.task = null
      this.#idle.push(child)
      this.#assign()
      resolve(result)
    })
    child.on('exit', (code) =>
      child.task?.reject(new Error(`history ${child.task.job.seed} ended its process: ${code}`)),
    )
    this.#idle.push(child)
  }

  #assign() {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const child = this.#idle.shift()
      child.task = this.#waiting.shift()
      child.send(child.task.job)
    }
  }
}
