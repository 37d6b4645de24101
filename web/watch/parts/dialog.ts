// A question that has to be answered before anything else: the browser's own dialog keeps the focus and knows Escape.
import { element } from '../dom.js'

/**
 * Asks; answers null when it is closed without a choice.
 * @param fill makes the content and gets the function that answers
 */
export async function ask<T> (
  label: string,
  fill: (answer: (value: T | null) => void) => readonly Node[],
  host: Element = document.body,
): Promise<T | null> {
  return await new Promise((resolve) => {
    const dialog = element('dialog', { class: 'dialog', attributes: { 'aria-label': label } })
    let result: T | null = null
    dialog.append(...fill((value) => {
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
