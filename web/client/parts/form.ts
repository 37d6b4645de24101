// Form fields, and the start page for users who are logged out.
import { createElement } from '../dom.js'

export function createField (
  label: string,
  attributes: Record<string, string | boolean>,
): { node: HTMLElement, input: HTMLInputElement } {
  const input = createElement('input', { attributes: { ...attributes, placeholder: ' ' } })
  return { node: createElement('label', { class: 'field' }, input, createElement('span', { text: label })), input }
}

/** Creates a page with the brand and a form or a notice. */
export function createStartPage (form: HTMLElement): HTMLElement {
  return createElement(
    'div',
    { class: 'welcome' },
    createElement(
      'div',
      { class: 'brand brand-large', attributes: { 'aria-label': 'NormFlix' } },
      createElement('span', { text: 'Norm' }),
      createElement('b', { text: 'Flix' }),
    ),
    form,
  )
}
