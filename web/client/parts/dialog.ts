// A modal dialog. The dialog element of the browser traps the focus and closes on Escape.
import { createElement } from '../dom.js'

/**
 * Shows a dialog.
 * @param createContent creates the content; its argument closes the dialog with a result
 * @returns null when the dialog is closed without a result
 */
export async function showDialog<T> (
  label: string,
  createContent: (close: (result: T | null) => void) => readonly Node[],
  host: Element = document.body,
): Promise<T | null> {
  return await new Promise((resolve) => {
    const dialog = createElement('dialog', { class: 'dialog', attributes: { 'aria-label': label } })
    let result: T | null = null
    dialog.append(...createContent((value) => {
      result = value
      dialog.close()
    }))
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(result)
    })
    host.append(dialog)
    dialog.showModal()
  })
}
