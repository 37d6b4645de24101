// Short messages at the lower edge, with something to press when an action can be taken back.
import { element } from '../dom.js'

const SHOWN_MS = 4_000
/** Long enough to read, decide and reach the button with the keyboard. */
const WITH_ACTION_MS = 10_000

/** @param action taken at most once; null for a message alone */
export function say (text: string, action: { readonly label: string, readonly run: () => void } | null = null): void {
  const host = document.getElementById('messages')
  const message = element('div', { class: 'message' }, element('span', { text }))
  const close = (): void => {
    message.remove()
  }
  if (action !== null) {
    message.append(element('button', {
      class: 'message-action',
      text: action.label,
      attributes: { type: 'button' },
      click: () => {
        close()
        action.run()
      },
    }))
  }
  host?.replaceChildren(message)
  // Whoever is about to press it is not hurried.
  const expire = (): void => {
    if (message.matches(':focus-within, :hover')) setTimeout(expire, SHOWN_MS)
    else close()
  }
  setTimeout(expire, action === null ? SHOWN_MS : WITH_ACTION_MS)
}
