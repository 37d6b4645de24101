// What forms are made of, for whoever is not signed in yet.
import { element } from '../dom.js'

export function field (
  label: string,
  attributes: Record<string, string | boolean>,
): { node: HTMLElement, input: HTMLInputElement } {
  const input = element('input', { attributes: { ...attributes, placeholder: ' ' } })
  return { node: element('label', { class: 'field' }, input, element('span', { text: label })), input }
}

/** A page with the name of the service and a form, or what takes its place. */
export function welcome (form: HTMLElement): HTMLElement {
  return element(
    'div',
    { class: 'welcome' },
    element(
      'div',
      { class: 'brand brand-large', attributes: { 'aria-label': 'NormFlix' } },
      element('span', { text: 'Norm' }),
      element('b', { text: 'Flix' }),
    ),
    form,
  )
}
