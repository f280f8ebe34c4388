import { createEngine } from 'lictor'
import { openClient } from 'lictor/client'
import { createRoot } from 'react-dom/client'
import { App } from './App.jsx'

// `createEngine` again: the server may have another policy one day.
const engine = await createEngine()
const client = await openClient({ engine, createEngine, url: '/sync', user: { type: 'user', id: 4 } })
createRoot(document.body).render(<App client={client} />)
