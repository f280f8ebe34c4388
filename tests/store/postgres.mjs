// A PostgreSQL cluster of the tests' own: made in a temporary folder, on loopback, one a test process. It is stopped and
// removed when the process ends, however that happens. Commits reach the disk as in production; only making it does not wait.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { postgresFolder } from '../../pkg/scripts/setup/system.mjs'

let shared

/** The cluster of this process, started by the first call. */
export function postgres() {
  return (shared ??= start())
}

async function start() {
  const folder = (await run('mktemp', ['-d', join(tmpdir(), 'lictor-postgres-XXXXXX')], tmpdir())).trim()
  const guard = watch(folder)
  try {
    // Words sort by language here, as on most servers: what relies on the order of bytes must say so in its SQL.
    const locale = ['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en']
    const data = [
      '--pgdata=data',
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--no-sync',
      '--no-instructions',
    ]
    await run(command('initdb'), [...data, ...locale], folder)
    const cluster = new Cluster(folder, guard)
    await cluster.start()
    return cluster
  } catch (error) {
    guard.stdin.end()
    throw error
  }
}

class Cluster {
  constructor(folder, guard) {
    this.folder = folder
    this.guard = guard
    this.port = null
    this.made = 0
  }

  /** The address of a database. */
  url(database = 'postgres') {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`
  }

  /** Makes a database and gives its address. */
  async database() {
    const name = `test_${++this.made}`
    await this.query(`CREATE DATABASE ${name}`)
    return this.url(name)
  }

  /** Drops a database. Each is some three hundred files, all of which a recovery looks at. */
  async drop(url) {
    await this.query(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`)
  }

  /** Rows of one statement, on a connection of its own. */
  async query(sql, values = [], url = this.url()) {
    const client = new pg.Client(url)
    await client.connect()
    try {
      return (await client.query(sql, values)).rows
    } finally {
      await client.end()
    }
  }

  /** Starts it, or starts it again: on the same port, so addresses stay good. */
  async start() {
    const chosen = this.port
    for (let attempt = 0; ; attempt++) {
      this.port = chosen ?? (await freePort())
      const settings = { listen_addresses: '127.0.0.1', port: this.port, unix_socket_directories: '', lc_messages: 'C' }
      const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
      try {
        await run(command('pg_ctl'), [...control, '--log=log', `--options=${options.join(' ')}`, 'start'], this.folder)
        return
      } catch (error) {
        // Somebody else may have taken the port since it was found free.
        if (attempt < 3 && chosen === null) continue
        const log = await readFile(join(this.folder, 'log'), 'utf8').catch(() => '')
        throw new Error(`PostgreSQL did not start:\n${log.slice(-2000)}`, { cause: error })
      }
    }
  }

  /** `immediate` is as good as pulling the plug; `fast` is orderly. */
  async stop(mode = 'fast') {
    await run(command('pg_ctl'), [...control, `--mode=${mode}`, 'stop'], this.folder)
  }

  /** Kills the process that serves a connection (`pg_backend_pid()`), as the kernel does when memory runs out. */
  async killBackend(pid) {
    await run('kill', ['-KILL', String(pid)], this.folder)
  }

  /** Stops and removes it now. The end of the process does the same. */
  async remove() {
    shared = undefined
    const gone = once(this.guard, 'close')
    this.guard.ref()
    this.guard.stdin.end()
    await gone
  }
}

const control = ['--pgdata=data', '--wait', '--silent']

/**
 * A shell that waits until its input ends, which a pipe does with the process that holds it, even one that was killed;
 * then it clears up. In a group of its own, so that an interrupt at the keyboard does not end it first.
 */
function watch(folder) {
  const script = 'cat > /dev/null; "$0" --pgdata=data --mode=immediate --silent stop; cd /; rm -rf "$1"'
  const [program, args] = asPostgres('sh', ['-c', script, command('pg_ctl'), folder])
  const guard = spawn(program, args, { cwd: folder, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  guard.unref()
  guard.stdin.unref()
  return guard
}

async function run(program, args, cwd) {
  const { stdout } = await promisify(execFile)(...asPostgres(program, args), { cwd, encoding: 'utf8' })
  return stdout
}

/** PostgreSQL refuses to run as root, so root runs it as the user its package made. */
function asPostgres(program, args) {
  return process.getuid() === 0 ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, args]
}

function command(name) {
  const folder = postgresFolder()
  if (!folder)
    throw new Error(
      "PostgreSQL was not found: install Debian's package postgresql, or name its bin folder in POSTGRES_BIN",
    )
  return join(folder, name)
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
