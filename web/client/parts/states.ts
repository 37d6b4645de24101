// The loading, empty and error states of a view.
import { RotateCcw, type IconNode } from 'lucide'
import { describeError } from '../api/problem.js'
import { createButton, createElement, createIcon } from '../dom.js'

export function createSkeletonRows (rows: number): HTMLElement {
  const cards = (): HTMLElement[] =>
    Array.from(
      { length: 8 },
      () => createElement('div', { class: 'card' }, createElement('div', { class: 'poster poster-portrait skeleton' })),
    )
  return createElement(
    'div',
    { attributes: { 'aria-busy': 'true', 'aria-label': 'Loading' } },
    ...Array.from({ length: rows }, () =>
      createElement(
        'div',
        { class: 'row' },
        createElement('div', { class: 'row-title skeleton skeleton-line' }),
        createElement('div', { class: 'row-track' }, ...cards()),
      )),
  )
}

export function createSkeletonTitle (): HTMLElement {
  return createElement(
    'div',
    { class: 'title-page', attributes: { 'aria-busy': 'true', 'aria-label': 'Loading' } },
    createElement('div', { class: 'hero skeleton' }),
    createElement(
      'div',
      { class: 'title-body' },
      ...Array.from({ length: 4 }, () => createElement('div', { class: 'skeleton skeleton-line' })),
    ),
  )
}

export function createEmptyState (
  node: IconNode,
  title: string,
  text: string,
  ...actions: readonly HTMLElement[]
): HTMLElement {
  return createElement(
    'div',
    { class: 'state' },
    createIcon(node),
    createElement('h2', { text: title }),
    createElement('p', { text }),
    ...actions,
  )
}

export function createErrorState (error: unknown, retry: () => void): HTMLElement {
  return createElement(
    'div',
    { class: 'state', attributes: { role: 'alert' } },
    createElement('h2', { text: 'Something went wrong' }),
    createElement('p', { text: describeError(error) }),
    createButton('Try again', RotateCcw, retry),
  )
}
