// Short messages at the bottom of the page, with an optional action such as undo.
import { Toast } from '@base-ui/react/toast'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from './button.js'

const TIMEOUT_MS = 7_000

interface MessageAction {
  readonly label: string
  readonly run: () => void
}

const manager = Toast.createToastManager()

/** Shows a message for some seconds. */
export function showMessage (text: string, action?: MessageAction): void {
  const id = manager.add({
    description: text,
    timeout: TIMEOUT_MS,
    ...action === undefined ? {} : {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id)
          action.run()
        },
      },
    },
  })
}

function MessageList (): ReactNode {
  const { toasts } = Toast.useToastManager()
  const t = useTranslations('common')
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="message" swipeDirection="down">
      <Toast.Description className="message-text" />
      {toast.actionProps === undefined ? null : <Toast.Action className="message-action" />}
      <Toast.Close render={<Button look="bare" className="message-close" />} aria-label={t('close')}>×</Toast.Close>
    </Toast.Root>
  ))
}

export function Messages ({ children }: { children: ReactNode }): ReactNode {
  return (
    <Toast.Provider toastManager={manager}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="messages">
          <MessageList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}
