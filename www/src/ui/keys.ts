/** Keyboard habits shared by lists: arrows move, Home and End jump. Enter is what links and buttons do anyway. */

const MOVES: { [key: string]: (at: number, count: number) => number } = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** Moves the focus among the elements marked `data-item` inside `list`. True if the key was one of ours. */
export function moveFocus(event: KeyboardEvent, list: HTMLElement): boolean {
  const move = MOVES[event.key]
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return false
  const items = [...list.querySelectorAll<HTMLElement>('[data-item]')]
  if (items.length === 0) return false
  const at = items.findIndex((item) => item === document.activeElement)
  const next = items[at < 0 ? 0 : move(at, items.length)]
  event.preventDefault()
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return true
}

/** Whether a key press belongs to a field somebody is typing into. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.target
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  )
}
