// A modal dialog. Escape and a click outside close it.
import { Dialog as Base } from '@base-ui/react/dialog'
import { clsx } from 'clsx'
import type { ReactNode } from 'react'

interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: string
  readonly isWide?: boolean
  readonly children: ReactNode
  /** Where the dialog is rendered; in full screen only the full-screen element is visible. */
  readonly container?: HTMLElement | null
}

export function Dialog (
  { isOpen, onClose, title, description, isWide = false, children, container }: DialogProps,
): ReactNode {
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(isNowOpen) => {
        if (!isNowOpen) onClose()
      }}
    >
      <Base.Portal {...container === undefined ? {} : { container }}>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Popup className={clsx('dialog', isWide && 'dialog-wide')}>
          <Base.Title className="dialog-title">{title}</Base.Title>
          {description === undefined ? null : <Base.Description className="quiet">{description}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
