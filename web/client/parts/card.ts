// Cards of titles for rows and grids.
import { X } from 'lucide'
import type { Card, ContinueCard } from '../api/client.js'
import { createElement, createIconButton } from '../dom.js'
import { routeUrl } from '../router.js'
import { formatPosition, formatDate, episodeCode } from '../format.js'
import { createPoster } from './poster.js'

export function titleUrl ({ kind, id }: Pick<Card, 'kind' | 'id'>): string {
  return routeUrl(kind, id)
}

export function playerUrl ({ kind, id }: Pick<Card, 'kind' | 'id'>, itemId: string): string {
  return routeUrl('play', kind, id, itemId)
}

export function createTitleCard (card: Card): HTMLElement {
  const facts = [card.kind === 'show' ? 'Show' : 'Movie', card.year, card.maturityRating]
    .filter((fact) => fact !== null).join(', ')
  return createElement(
    'div',
    { class: 'card' },
    createElement(
      'a',
      { class: 'card-link', attributes: { href: titleUrl(card), 'aria-label': `${card.title}. ${facts}` } },
      addProgressBar(createPoster(card, 'portrait'), card.progress ?? null),
      createElement(
        'span',
        { class: 'card-caption' },
        createElement('strong', { text: card.title }),
        createElement('span', { text: facts }),
      ),
    ),
  )
}

/** @param hide removes the title from the row */
export function createContinueCard (card: ContinueCard, hide: () => void): HTMLElement {
  const { title, item, waiting } = card
  const code = episodeCode(item)
  const label = `${title.title}${code === null ? '' : `, ${code} ${item.title}`}. ${describeCard(card)}`
  return createElement(
    'div',
    { class: `card card-wide${waiting === null ? '' : ' is-pending'}` },
    createElement(
      'a',
      {
        class: 'card-link',
        attributes: { href: waiting === null ? playerUrl(title, item.id) : titleUrl(title), 'aria-label': label },
      },
      addProgressBar(createPoster(title, 'wide'), {
        positionMs: card.positionMs,
        durationMs: card.durationMs,
        finished: false,
      }),
      createElement(
        'span',
        { class: 'card-caption' },
        createElement('strong', { text: code === null ? title.title : `${title.title} · ${code}` }),
        createElement('span', { text: describeCard(card) }),
      ),
    ),
    createIconButton(`Remove ${title.title} from this row`, X, hide, 'card-hide'),
  )
}

/** Describes what a continue-watching card plays. */
export function describeCard ({ kind, positionMs, durationMs, waiting, item }: ContinueCard): string {
  if (waiting !== null) {
    return waiting.from === null
      ? waiting.text
      : `${waiting.text} From ${formatDate(waiting.from)}.`
  }
  if (kind === 'next') return `Next episode: ${item.title}`
  return durationMs === null
    ? `Continue at ${formatPosition(positionMs)}`
    : `Continue at ${formatPosition(positionMs)} of ${formatPosition(durationMs)}`
}

interface Progress {
  readonly positionMs: number
  readonly durationMs: number | null
  readonly finished: boolean
}

/** Adds a progress bar for an item in progress. A finished episode does not mean that the show is finished. */
function addProgressBar (image: HTMLElement, progress: Progress | null): HTMLElement {
  if (progress === null || progress.finished) return image
  const bar = createProgressBar(progress)
  if (bar !== null) image.append(bar)
  return image
}

export function createProgressBar (progress: Progress | null): HTMLElement | null {
  if (progress === null || progress.durationMs === null || progress.durationMs === 0) return null
  if (progress.positionMs === 0 && !progress.finished) return null
  const share = progress.finished ? 1 : Math.min(1, progress.positionMs / progress.durationMs)
  return createElement('span', {
    class: 'progress',
    variables: { '--share': share.toFixed(4) },
    attributes: { 'aria-hidden': 'true' },
  })
}
