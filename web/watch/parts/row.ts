// A row of cards that is one stop of the Tab key: arrow keys move inside it and between rows.
import { element } from '../dom.js'

const CARD = '.card-link'

export function row (title: string, cards: readonly HTMLElement[], className = ''): HTMLElement {
  const heading = element('h2', { class: 'row-title', text: title })
  const track = element(
    'div',
    { class: 'row-track', attributes: { role: 'list' } },
    ...cards.map((card) => asListItem(card)),
  )
  const made = element('section', { class: `row ${className}`, attributes: { 'aria-label': title } }, heading, track)
  keepOneTabStop(made)
  return made
}

/** Results of a search: as a row, over several lines. */
export function grid (label: string, cards: readonly HTMLElement[]): HTMLElement {
  const made = element(
    'section',
    { class: 'row', attributes: { 'aria-label': label } },
    element('div', { class: 'grid', attributes: { role: 'list' } }, ...cards.map((card) => asListItem(card))),
  )
  keepOneTabStop(made)
  return made
}

function asListItem (card: HTMLElement): HTMLElement {
  card.setAttribute('role', 'listitem')
  return card
}

function linksOf (container: Element): HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>(CARD)]
}

/** The card that the Tab key reaches is the one that was last focused in the row. */
export function keepOneTabStop (container: HTMLElement): void {
  const setStop = (stop: HTMLElement | undefined): void => {
    for (const link of linksOf(container)) link.tabIndex = link === stop ? 0 : -1
  }
  setStop(linksOf(container)[0])
  container.addEventListener('focusin', ({ target }) => {
    const link = (target as Element).closest<HTMLElement>(CARD)
    if (link !== null) setStop(link)
  })
}

/** Arrow keys among the rows of a view: left and right to the neighbour, up and down to the card that is nearest. */
export function moveWithArrows (view: HTMLElement, signal: AbortSignal): void {
  view.addEventListener('keydown', (event) => {
    const from = (event.target as Element).closest<HTMLElement>(CARD)
    if (from === null || event.altKey || event.ctrlKey || event.metaKey) return
    const to = neighbour(view, from, event.key)
    if (to === null) return
    event.preventDefault()
    to.focus({ preventScroll: true })
    to.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, { signal })
}

function neighbour (view: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const links = linksOf(view)
  const at = links.indexOf(from)
  const isBeside = (link: HTMLElement | undefined): link is HTMLElement =>
    link !== undefined && link.closest('.row') === from.closest('.row')
  switch (key) {
    case 'ArrowLeft':
      return isBeside(links[at - 1]) ? links[at - 1] ?? null : null
    case 'ArrowRight':
      return isBeside(links[at + 1]) ? links[at + 1] ?? null : null
    case 'ArrowDown':
      return nearest(links.slice(at + 1), from, (box, here) => box.top >= here.bottom - 4)
    case 'ArrowUp':
      return nearest(links.slice(0, at).reverse(), from, (box, here) => box.bottom <= here.top + 4)
    default:
      return null
  }
}

/** Of the first line in that direction, the card whose middle is nearest. */
function nearest (
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
  const middle = (box: DOMRect): number => box.left + box.width / 2
  const distance = (box: DOMRect): number => Math.abs(middle(box) - middle(here))
  return there.filter(({ box }) => Math.abs(box.top - line) < 4).sort((a, b) => distance(a.box) - distance(b.box))[0]
    ?.link ?? null
}
