// For hosts that read modules from disk: Node, Deno, Bun.
import { createEngine } from 'lictor'
import { bearerTokens, createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'
import { talk } from './conversation.mjs'

console.log(await talk({ createEngine, createHandler, bearerTokens, openMemoryStore }))
