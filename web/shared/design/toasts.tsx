// Short messages at the bottom of the page, with an optional action such as undo.
import { useSyncExternalStore, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'

const TIMEOUT_MS = 7_000
const MAX_MESSAGES = 3

interface MessageAction {
  readonly label: string
  readonly run: () => void
}
interface Message {
  readonly id: number
  readonly text: string
  readonly action?: MessageAction
}

let messages: readonly Message[] = []
let lastId = 0
const listeners = new Set<() => void>()

function setMessages (next: readonly Message[]): void {
  messages = next
  for (const listener of listeners) listener()
}

function removeMessage (id: number): void {
  setMessages(messages.filter((message) => message.id !== id))
}

/** Shows a message for some seconds. */
export function showMessage (text: string, action?: MessageAction): void {
  const id = ++lastId
  setMessages([...messages, { id, text, ...action === undefined ? {} : { action } }].slice(-MAX_MESSAGES))
  setTimeout(() => {
    removeMessage(id)
  }, TIMEOUT_MS)
}

function subscribe (listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The region of the messages; screen readers announce each one. */
export function Messages (): ReactNode {
  const t = useTranslations('common')
  const shown = useSyncExternalStore(subscribe, () => messages)
  return (
    <div className="messages" role="status" aria-live="polite">
      {shown.map(({ id, text, action }) => (
        <div key={id} className="message">
          <p className="message-text">{text}</p>
          {action === undefined ? null : (
            <button
              type="button"
              className="message-action"
              onClick={() => {
                removeMessage(id)
                action.run()
              }}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            className="button-bare"
            aria-label={t('close')}
            onClick={() => {
              removeMessage(id)
            }}
          >
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
