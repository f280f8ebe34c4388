#!/usr/bin/env node
// `npm start`: builds the engine and the demo in `www` and serves it with its repository; `www/serve.mjs` prints the
// address. `PORT` is the first port tried (8080 without it); the next free one is taken. What people did is kept in
// `.tools/demo`; `npm start -- --fresh` begins anew.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { build } from './build.mjs'
import { root } from './lib/paths.mjs'
import { Failure, main, run, say } from './lib/run.mjs'
import { setup } from './setup/index.mjs'

const www = join(root, 'www')

await main(async () => {
  await setup()
  await build()
  await run(process.execPath, ['build.mjs'], { cwd: www })
  const port = await freePort(Number(process.env.PORT || 8080))
  say('> serving www (Ctrl-C ends it)')
  await serve(port)
})

async function freePort(first) {
  if (!Number.isInteger(first) || first < 1 || first > 65_535) throw new Failure('PORT is not a port number')
  for (let port = first; port < Math.min(first + 50, 65_536); port++) {
    if (await isFree(port)) return port
  }
  throw new Failure(`no port from ${first} on is free`, 'name another one: PORT=9000 npm start')
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, () => probe.close(() => resolve(true)))
  })
}

/** Ends when the server does, and takes it along when this process is told to end. */
function serve(port) {
  const env = { ...process.env, PORT: String(port) }
  const server = spawn(process.execPath, ['serve.mjs', ...process.argv.slice(2)], { cwd: www, env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.on('exit', (code) => (code ? reject(new Failure(`the server exited with ${code}`)) : resolve()))
  })
}
