/** The two functions that are used. React's own types are the application's affair, and preact brings others. */

declare module 'react' {
  export function useCallback<F>(callback: F, inputs: readonly unknown[]): F
  export function useSyncExternalStore<T>(
    subscribe: (changed: () => void) => () => void,
    getSnapshot: () => T,
    getServerSnapshot?: () => T,
  ): T
}
