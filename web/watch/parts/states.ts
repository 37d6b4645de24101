// What a view shows while it waits, when there is nothing, and when something went wrong.
import { RotateCcw, type IconNode } from 'lucide'
import { explain } from '../api/problem.js'
import { button, element, icon } from '../dom.js'

export function skeletonRows (rows: number): HTMLElement {
  const cards = (): HTMLElement[] =>
    Array.from(
      { length: 8 },
      () => element('div', { class: 'card' }, element('div', { class: 'poster poster-portrait skeleton' })),
    )
  return element(
    'div',
    { attributes: { 'aria-busy': 'true', 'aria-label': 'Loading' } },
    ...Array.from({ length: rows }, () =>
      element(
        'div',
        { class: 'row' },
        element('div', { class: 'row-title skeleton skeleton-line' }),
        element('div', { class: 'row-track' }, ...cards()),
      )),
  )
}

export function skeletonTitle (): HTMLElement {
  return element(
    'div',
    { class: 'title-page', attributes: { 'aria-busy': 'true', 'aria-label': 'Loading' } },
    element('div', { class: 'hero skeleton' }),
    element(
      'div',
      { class: 'title-body' },
      ...Array.from({ length: 4 }, () => element('div', { class: 'skeleton skeleton-line' })),
    ),
  )
}

export function nothing (node: IconNode, title: string, text: string, ...actions: readonly HTMLElement[]): HTMLElement {
  return element(
    'div',
    { class: 'state' },
    icon(node),
    element('h2', { text: title }),
    element('p', { text }),
    ...actions,
  )
}

export function failure (error: unknown, retry: () => void): HTMLElement {
  return element(
    'div',
    { class: 'state', attributes: { role: 'alert' } },
    element('h2', { text: 'That did not work' }),
    element('p', { text: explain(error) }),
    button('Try again', RotateCcw, retry),
  )
}
