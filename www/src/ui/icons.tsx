/** A few line icons, drawn on a 20 by 20 grid. Decoration: what they mean is always said in words too. */
import type { Answer } from 'lictor'
import type { JSX } from 'preact'

const PATHS = {
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  bar: 'M6 6l8 8M14 6l-8 8',
  question: 'M7.6 7.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M10 14.4v.1',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  back: 'M12 4.5L6.5 10l5.5 5.5',
  right: 'M8 4.5l5.5 5.5L8 15.5',
  down: 'M4.5 8L10 13.5 15.5 8',
  close: 'M5 5l10 10M15 5L5 15',
  plus: 'M10 4v12M4 10h12',
  pencil: 'M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2L4 16z',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4',
  moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z',
  list: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h8',
  grid: 'M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z',
  facts:
    'M4 5.5c0-1.1 2.7-2 6-2s6 .9 6 2-2.7 2-6 2-6-.9-6-2zM4 5.5v9c0 1.1 2.7 2 6 2s6-.9 6-2v-9M4 10c0 1.1 2.7 2 6 2s6-.9 6-2',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.5 2',
  globe: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3 10h14M10 3c2 2 3 4.3 3 7s-1 5-3 7c-2-2-3-4.3-3-7s1-5 3-7z',
  users:
    'M7.5 9.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5zM2.5 16c0-2.6 2.2-4.2 5-4.2s5 1.6 5 4.2M13 4.3a2.6 2.6 0 0 1 0 5M14.5 12c1.9.5 3 1.9 3 4',
  mail: 'M3 5h14v10H3zM3 6l7 5 7-5',
  shield: 'M10 3l6 2v4.5c0 3.6-2.4 6.2-6 7.5-3.6-1.3-6-3.9-6-7.5V5z',
  upload: 'M10 13V4M6.5 7.5L10 4l3.5 3.5M4 16h12',
  user: 'M10 10a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5zM4 16.5c0-3 2.7-4.8 6-4.8s6 1.8 6 4.8',
  'user-check':
    'M8 10a3.25 3.25 0 1 0 0-6.5A3.25 3.25 0 0 0 8 10zM2.5 16.5c0-3 2.4-4.8 5.5-4.8 1.2 0 2.3.3 3.2.7M12.5 15l1.7 1.7 3.3-3.7',
  'user-plus':
    'M8 10a3.25 3.25 0 1 0 0-6.5A3.25 3.25 0 0 0 8 10zM2.5 16.5c0-3 2.4-4.8 5.5-4.8 1.2 0 2.3.3 3.2.7M15 12.5v5M12.5 15h5',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1',
  lock: 'M5.5 9h9v7h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9',
} as const

export type IconName = keyof typeof PATHS

/** An icon the policy names for a setting. */
export const iconNamed = (name: string): IconName => (Object.hasOwn(PATHS, name) ? (name as IconName) : 'shield')

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}

const MARKS: { [answer in Answer]: { icon: IconName; word: string } } = {
  allow: { icon: 'check', word: 'Allowed' },
  deny: { icon: 'bar', word: 'Denied' },
  unknown: { icon: 'question', word: 'Unknown' },
}

/** An answer as a sign: shape, colour and a word for those who see neither. */
export function AnswerMark({ answer, said }: { answer: Answer; said?: string }): JSX.Element {
  const { icon, word } = MARKS[answer]
  return (
    <span class={`mark mark-${answer}`}>
      <Icon name={icon} />
      <span class="sr">{said ?? word}</span>
    </span>
  )
}

/** The name's sign: two posts, and somebody walking through. */
export function Sign(): JSX.Element {
  return (
    <svg class="sign" viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      <path class="post" d="M6 4v20M22 4v20" />
      <circle class="walker" cx="14" cy="14" r="4" />
    </svg>
  )
}
