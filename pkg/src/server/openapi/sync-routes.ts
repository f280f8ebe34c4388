/** What the document says of the routes in `server/sync`, which read their requests themselves: see `sync/read.ts`. */

import type { Common, Described } from './route.js'
import type { Schema } from './schema.js'
import type { SYNC_SCHEMAS } from './sync-schemas.js'

const TAG = 'sync'

const ref = (name: keyof typeof SYNC_SCHEMAS): Schema => ({ $ref: `#/components/schemas/${name}` })

const DEVICE = {
  device: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$', description: 'A device of yours.' },
} as const

/** Whatever is asked, an answer can be had that is no older than what the caller has seen. */
export const AT_LEAST: Common = {
  query: { atLeast: { type: 'string', description: 'The same as `lictor-at-least`.' } },
  headers: {
    'lictor-at-least': {
      type: 'string',
      description: 'A token of a pull or a verdict: a server that does not have what it tells of yet answers 503.',
    },
  },
  problems: [412],
}

/** `hash` is that of the policy this server runs. */
export function syncRoutes(hash: string): Described[] {
  return [
    {
      path: '/sync/pull',
      methods: {
        POST: {
          id: 'pull',
          tag: TAG,
          summary: "What changed in a device's view",
          description: 'The first pull of a device makes it known. `src/offline/PROTOCOL.md` explains the messages.',
          body: { schema: { ...ref('SyncPullRequest'), examples: [firstPull(hash)] } },
          responses: {
            200: {
              description: 'A patch, the whole view, or what the device has to do first.',
              schema: ref('SyncPullResponse'),
              // A whole view alone, line by line.
              others: { 'application/x-ndjson': { type: 'string' } },
            },
          },
        },
      },
    },
    {
      path: '/sync/push',
      methods: {
        POST: {
          id: 'push',
          tag: TAG,
          summary: 'Decide what a device did',
          description:
            'Each intent is decided once, in the order of their numbers. A refusal is a verdict, not an error.',
          body: { schema: ref('SyncPushRequest') },
          responses: {
            200: { description: 'Verdicts, and why the rest was not looked at.', schema: ref('SyncPushResponse') },
          },
        },
      },
    },
    {
      path: '/sync/bundle/{hash}',
      params: { hash: `The hash of the policy, now \`${hash}\`.` },
      methods: {
        GET: {
          id: 'bundle',
          tag: TAG,
          summary: 'The policy of a hash',
          responses: {
            200: {
              description: 'Rules only: anybody may have them.',
              schema: { type: 'object', additionalProperties: true },
              headers: { etag: 'The hash.' },
            },
            304: { description: 'As you have it.' },
          },
          problems: [404],
        },
      },
    },
    {
      path: '/sync/events',
      methods: {
        GET: {
          id: 'events',
          tag: TAG,
          summary: 'Hear when a view moves',
          description:
            'Server-sent events: `data: {"rev":4}`, at once and whenever it is another; a comment now and then.',
          query: DEVICE,
          needs: ['device'],
          responses: {
            200: {
              description: 'Goes on until either side ends it.',
              schema: {
                type: 'object',
                required: ['data'],
                properties: { data: { type: 'string', pattern: '^\\{"rev":[0-9]+\\}$' } },
                additionalProperties: true,
              },
              type: 'text/event-stream',
            },
          },
          problems: [404, 429],
        },
      },
    },
    {
      path: '/sync/status',
      methods: {
        GET: {
          id: 'status',
          tag: TAG,
          summary: 'Where a view stands',
          description: 'For those who cannot hold a connection open.',
          query: DEVICE,
          needs: ['device'],
          responses: { 200: { description: 'As the events say it.', schema: ref('SyncStatus') } },
          problems: [404],
        },
      },
    },
    {
      path: '/sync/device/{device}',
      params: { device: DEVICE.device.description },
      methods: {
        DELETE: {
          id: 'forgetDevice',
          tag: TAG,
          summary: "Forget a device's view",
          description: 'Verdicts stay, so that nothing is done twice.',
          responses: { 204: { description: 'Forgotten.' } },
          problems: [404],
        },
      },
    },
  ]
}

function firstPull(hash: string): object {
  const have = { bundle: hash, schema: 1 }
  return { v: 1, device: 'k3JvQ0', cookie: null, subs: ['everywhere'], have, ackVerdicts: 0 }
}
