// Short messages at the bottom of the page, with a button to undo an action.
import { createElement } from '../dom.js'

const MESSAGE_DURATION_MS = 4_000
/** Longer, so that keyboard users can reach the button. */
const ACTION_DURATION_MS = 10_000

/** @param action the button of the message, if any; runs at most once */
export function showMessage (
  text: string,
  action: { readonly label: string, readonly run: () => void } | null = null,
): void {
  const host = document.getElementById('messages')
  const message = createElement('div', { class: 'message' }, createElement('span', { text }))
  const close = (): void => {
    message.remove()
  }
  if (action !== null) {
    message.append(createElement('button', {
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
  // Do not remove the message while the pointer or the focus is on it.
  const expire = (): void => {
    if (message.matches(':focus-within, :hover')) setTimeout(expire, MESSAGE_DURATION_MS)
    else close()
  }
  setTimeout(expire, action === null ? MESSAGE_DURATION_MS : ACTION_DURATION_MS)
}
