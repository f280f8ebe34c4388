import { effect, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { load, save } from '../model/memory.js'
import { Icon } from './icons.js'

/** Empty: as the system says. */
const theme = signal(load('theme', ''))
effect(() => {
  if (theme.value === '') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme.value
})

export function ThemeButton(): JSX.Element {
  const dark = theme.value === 'dark' || (theme.value === '' && matchMedia('(prefers-color-scheme: dark)').matches)
  const turn = (): void => {
    theme.value = dark ? 'light' : 'dark'
    save('theme', theme.value)
  }
  const label = dark ? 'Light colours' : 'Dark colours'
  return (
    <button type="button" class="round" aria-label={label} title={label} data-testid="theme" onClick={turn}>
      <Icon name={dark ? 'sun' : 'moon'} />
    </button>
  )
}
