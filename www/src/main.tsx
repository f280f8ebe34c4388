/** Starts the page: the store is opened (and filled the first time), the engine started, and only then is anything shown. */
import { render } from 'preact'
import { Device } from './model/device.js'
import { startEngine } from './model/engine.js'
import { message, useDevice } from './model/run.js'
import { engine, online } from './model/state.js'
import { App } from './ui/App.js'
import './style/index.css'

async function start(root: HTMLElement): Promise<void> {
  try {
    const [started, device] = await Promise.all([startEngine(), Device.open()])
    engine.value = started
    useDevice(device)
    root.textContent = ''
    render(<App />, root)
  } catch (error) {
    root.textContent = `The demo could not start: ${error instanceof Error ? error.message : String(error)}`
    throw error
  }
}

addEventListener('online', () => {
  online.value = true
})
addEventListener('offline', () => {
  online.value = false
})
// Where there is no service worker (a plain http address that is not this machine) the page works, but not offline.
void navigator.serviceWorker?.register('sw.js')
// The first worker is no news; a later one brought a newer page with it.
if (navigator.serviceWorker?.controller) {
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    message.value = { kind: 'good', text: 'A newer version of this page is here. Reload to use it.' }
  })
}

const root = document.getElementById('app')
if (root) void start(root)
