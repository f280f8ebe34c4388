import type { JSX } from 'preact'

const words = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

export function Time({ at }: { at: string | number }): JSX.Element {
  const date = new Date(at)
  return <time dateTime={date.toISOString()}>{words.format(date)}</time>
}
