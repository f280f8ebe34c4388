/** Starts the page: the server is found, the engine started, whoever was signed in is again; then something is shown. */
import { render } from 'preact'
import { resume } from './model/account.js'
import { startEngine } from './model/engine.js'
import { findServer } from './model/network.js'
import { message } from './model/run.js'
import { watchVerdicts } from './model/verdicts.js'
import { App } from './ui/App.js'
import './style/index.css'

async function start(root: HTMLElement): Promise<void> {
  try {
    await Promise.all([startEngine(), findServer()])
    await resume()
    watchVerdicts()
    root.textContent = ''
    render(<App />, root)
  } catch (error) {
    root.textContent = `The demo could not start: ${error instanceof Error ? error.message : String(error)}`
    throw error
  }
}

// The first worker is no news; a later one brought a newer page with it.
if (navigator.serviceWorker?.controller) {
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    message.value = { kind: 'good', text: 'A newer version of this page is here. Reload to use it.' }
  })
}

const root = document.getElementById('app')
if (root) void start(root)
