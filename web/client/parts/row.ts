// Rows and grids of cards. A row is a single tab stop; the arrow keys move the focus inside it and between rows.
import { createElement } from '../dom.js'

const CARD_SELECTOR = '.card-link'

export function createRow (title: string, cards: readonly HTMLElement[], className = ''): HTMLElement {
  const heading = createElement('h2', { class: 'row-title', text: title })
  const track = createElement(
    'div',
    { class: 'row-track', attributes: { role: 'list' } },
    ...cards.map((card) => toListItem(card)),
  )
  const node = createElement(
    'section',
    { class: `row ${className}`, attributes: { 'aria-label': title } },
    heading,
    track,
  )
  enableRovingTabIndex(node)
  return node
}

/** Creates a row that wraps. */
export function createGrid (label: string, cards: readonly HTMLElement[]): HTMLElement {
  const node = createElement(
    'section',
    { class: 'row', attributes: { 'aria-label': label } },
    createElement('div', { class: 'grid', attributes: { role: 'list' } }, ...cards.map((card) => toListItem(card))),
  )
  enableRovingTabIndex(node)
  return node
}

function toListItem (card: HTMLElement): HTMLElement {
  card.setAttribute('role', 'listitem')
  return card
}

function findCardLinks (container: Element): HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>(CARD_SELECTOR)]
}

/** Makes the card that had the focus last the tab stop of the row (roving tabindex). */
export function enableRovingTabIndex (container: HTMLElement): void {
  const setStop = (stop: HTMLElement | undefined): void => {
    for (const link of findCardLinks(container)) link.tabIndex = link === stop ? 0 : -1
  }
  setStop(findCardLinks(container)[0])
  container.addEventListener('focusin', ({ target }) => {
    const link = (target as Element).closest<HTMLElement>(CARD_SELECTOR)
    if (link !== null) setStop(link)
  })
}

/** Moves the focus with the arrow keys: left and right in the row, up and down to the nearest card. */
export function enableArrowKeys (view: HTMLElement, signal: AbortSignal): void {
  view.addEventListener('keydown', (event) => {
    const from = (event.target as Element).closest<HTMLElement>(CARD_SELECTOR)
    if (from === null || event.altKey || event.ctrlKey || event.metaKey) return
    const to = findNeighbour(view, from, event.key)
    if (to === null) return
    event.preventDefault()
    to.focus({ preventScroll: true })
    to.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, { signal })
}

function findNeighbour (view: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const links = findCardLinks(view)
  const at = links.indexOf(from)
  const isBeside = (link: HTMLElement | undefined): link is HTMLElement =>
    link !== undefined && link.closest('.row') === from.closest('.row')
  switch (key) {
    case 'ArrowLeft':
      return isBeside(links[at - 1]) ? links[at - 1] ?? null : null
    case 'ArrowRight':
      return isBeside(links[at + 1]) ? links[at + 1] ?? null : null
    case 'ArrowDown':
      return findNearest(links.slice(at + 1), from, (box, here) => box.top >= here.bottom - 4)
    case 'ArrowUp':
      return findNearest(links.slice(0, at).reverse(), from, (box, here) => box.bottom <= here.top + 4)
    default:
      return null
  }
}

/** Finds the card in the next line whose centre is nearest. */
function findNearest (
  candidates: readonly HTMLElement[],
  from: HTMLElement,
  isThere: (box: DOMRect, here: DOMRect) => boolean,
): HTMLElement | null {
  const here = from.getBoundingClientRect()
  const there = candidates.map((link) => ({ link, box: link.getBoundingClientRect() })).filter(({ box }) =>
    isThere(box, here)
  )
  const line = there[0]?.box.top
  if (line === undefined) return null
  const centre = (box: DOMRect): number => box.left + box.width / 2
  const distance = (box: DOMRect): number => Math.abs(centre(box) - centre(here))
  return there.filter(({ box }) => Math.abs(box.top - line) < 4).sort((a, b) => distance(a.box) - distance(b.box))[0]
    ?.link ?? null
}
