import type { Signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.js'

interface Props {
  open: Signal<boolean>
  title: string
  testid: string
  children: ComponentChildren
}

/** The browser's own dialog: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ open, title, testid, children }: Props): JSX.Element {
  const element = useRef<HTMLDialogElement>(null)
  const shown = open.value
  useEffect(() => {
    if (shown && !element.current?.open) element.current?.showModal()
    if (!shown && element.current?.open) element.current.close()
  }, [shown])
  const close = (): void => {
    open.value = false
  }
  return (
    <dialog
      ref={element}
      class="dialog"
      data-testid={testid}
      aria-label={title}
      onClose={close}
      onClick={(event) => event.target === element.current && close()}
    >
      {shown && (
        <div class="dialog-inner">
          <header class="dialog-head">
            <h2>{title}</h2>
            <button type="button" class="round" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  )
}
