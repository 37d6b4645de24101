// When the preview of a card opens and closes: after the mouse rests on the card, or the keyboard focus stays on it.
// Touch never opens it.
import { useEffect, useRef, useState, type FocusEvent, type HTMLAttributes, type KeyboardEvent } from 'react'

const HOVER_DELAY_MS = 600
const FOCUS_DELAY_MS = 1_000
/** The pointer may leave the card for a moment. */
const LEAVE_DELAY_MS = 150

interface PreviewTrigger {
  readonly isOpen: boolean
  readonly handlers: Pick<
    HTMLAttributes<HTMLElement>,
    'onPointerEnter' | 'onPointerLeave' | 'onPointerDown' | 'onFocus' | 'onBlur' | 'onKeyDown'
  >
}

export function usePreviewTrigger (): PreviewTrigger {
  const [isOpen, setOpen] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const change = (toOpen: boolean, delayMs: number): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setOpen(toOpen)
    }, delayMs)
  }
  useEffect(() => () => {
    clearTimeout(timer.current)
  }, [])
  // The preview has a fixed position: it cannot follow its card. It stays while the keyboard uses it.
  useEffect(() => {
    if (!isOpen) return undefined
    const close = ({ target }: Event): void => {
      const isOwn = target instanceof Element && target.closest('.card-preview') !== null
      if (!isOwn && document.activeElement?.closest('.card-preview') === null) setOpen(false)
    }
    window.addEventListener('scroll', close, { capture: true, passive: true })
    window.addEventListener('resize', close)
    return () => {
      window.removeEventListener('scroll', close, { capture: true })
      window.removeEventListener('resize', close)
    }
  }, [isOpen])
  return {
    isOpen,
    handlers: {
      onPointerEnter: ({ pointerType }) => {
        if (pointerType === 'mouse') change(true, HOVER_DELAY_MS)
      },
      onPointerLeave: ({ currentTarget }) => {
        // The focus of a button in the preview keeps it open only for the keyboard.
        if (currentTarget.querySelector('.card-preview :focus-visible') === null) change(false, LEAVE_DELAY_MS)
      },
      onPointerDown: ({ target }) => {
        if ((target as Element).closest('.card-link') !== null) clearTimeout(timer.current)
      },
      onFocus: ({ target }: FocusEvent<HTMLElement>) => {
        if (target.matches('.card-link:focus-visible')) change(true, FOCUS_DELAY_MS)
      },
      onBlur: ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => {
        if (!currentTarget.contains(relatedTarget) && !currentTarget.matches(':hover')) change(false, 0)
      },
      onKeyDown: ({ key, currentTarget }: KeyboardEvent<HTMLElement>) => {
        if (key !== 'Escape') return
        clearTimeout(timer.current)
        if (isOpen) currentTarget.querySelector<HTMLElement>('.card-link')?.focus()
        change(false, 0)
      },
    },
  }
}
