/** `lictor/server`: one fetch handler that decides. */

export { createHandler, type Handler, type HandlerOptions } from './handler.js'
export { Problem, type ProblemBody } from './problem.js'
export type { Listener, ServerEvent } from './context/events.js'
export type { Authenticate } from './context/make.js'
export type { Attempt, Done, Job, Limits, ServerContext } from './context.js'
export type { JobReport } from './housekeeping.js'
export type { SyncOptions } from './sync/index.js'
export type { MayAsk } from './authzen/index.js'
export { bearerTokens, firstOf } from './signin/bearer.js'
export { oidcSignIn, type OidcOptions, type SignIn } from './signin/oidc.js'
export type * from '../sync/protocol.js'
export type { HostStore } from '../store/host.js'
