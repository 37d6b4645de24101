// Moves the focus between cards with the arrow keys. A row or grid is one tab stop: the card that had the focus last.
import type { FocusEvent, KeyboardEvent } from 'react'

const CARD_SELECTOR = '.card-link'
/** Cards whose edges differ by less are in one line, px. */
const LINE_TOLERANCE = 4

const findCards = (container: Element): HTMLElement[] => [...container.querySelectorAll<HTMLElement>(CARD_SELECTOR)]

/** Makes the focused card the tab stop of its row (roving tabindex). */
export function moveTabStop ({ target, currentTarget }: FocusEvent<HTMLElement>): void {
  const card = target.closest<HTMLElement>(CARD_SELECTOR)
  if (card === null) return
  for (const one of findCards(currentTarget)) one.tabIndex = one === card ? 0 : -1
}

export function handleArrowKeys (event: KeyboardEvent<HTMLElement>): void {
  const from = (event.target as Element).closest<HTMLElement>(CARD_SELECTOR)
  if (from === null || event.altKey || event.ctrlKey || event.metaKey) return
  const to = findNeighbour(from, event.key)
  if (to === null) return
  event.preventDefault()
  to.focus({ preventScroll: true })
  to.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

function findNeighbour (from: HTMLElement, key: string): HTMLElement | null {
  const cards = findCards(document.getElementById('content') ?? document.body)
  const at = cards.indexOf(from)
  const isRightToLeft = document.documentElement.dir === 'rtl'
  const isBeside = (card: HTMLElement | undefined): card is HTMLElement =>
    card !== undefined && card.closest('.row') === from.closest('.row')
  const beside = (step: number): HTMLElement | null => {
    const card = cards[at + (isRightToLeft ? -step : step)]
    return isBeside(card) ? card : null
  }
  switch (key) {
    case 'ArrowLeft':
      return beside(-1)
    case 'ArrowRight':
      return beside(1)
    case 'ArrowDown':
      return findNearest(cards.slice(at + 1), from, (box, here) => box.top >= here.bottom - LINE_TOLERANCE)
    case 'ArrowUp':
      return findNearest(cards.slice(0, at).reverse(), from, (box, here) => box.bottom <= here.top + LINE_TOLERANCE)
    default:
      return null
  }
}

/** Finds the card in the next line whose centre is nearest. */
function findNearest (
  candidates: readonly HTMLElement[],
  from: HTMLElement,
  isBeyond: (box: DOMRect, here: DOMRect) => boolean,
): HTMLElement | null {
  const here = from.getBoundingClientRect()
  const boxes = candidates.map((card) => ({ card, box: card.getBoundingClientRect() }))
    .filter(({ box }) => isBeyond(box, here))
  const line = boxes[0]?.box.top
  if (line === undefined) return null
  const centre = (box: DOMRect): number => box.left + box.width / 2
  const distance = (box: DOMRect): number => Math.abs(centre(box) - centre(here))
  return boxes.filter(({ box }) => Math.abs(box.top - line) < LINE_TOLERANCE)
    .sort((one, other) => distance(one.box) - distance(other.box))[0]?.card ?? null
}
