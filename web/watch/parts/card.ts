// Cards: what a row or a grid is made of.
import { X } from 'lucide'
import type { Card, ContinueCard } from '../api/client.js'
import { element, iconButton } from '../dom.js'
import { addressOf } from '../router.js'
import { clock, dateOf, episodeCode } from '../format.js'
import { poster } from './poster.js'

export function titleAddress ({ kind, id }: Pick<Card, 'kind' | 'id'>): string {
  return addressOf(kind, id)
}

export function playAddress ({ kind, id }: Pick<Card, 'kind' | 'id'>, itemId: string): string {
  return addressOf('play', kind, id, itemId)
}

export function titleCard (card: Card): HTMLElement {
  const facts = [card.kind === 'show' ? 'Show' : 'Film', card.year, card.maturityRating].filter((fact) => fact !== null)
    .join(', ')
  return element(
    'div',
    { class: 'card' },
    element(
      'a',
      { class: 'card-link', attributes: { href: titleAddress(card), 'aria-label': `${card.title}. ${facts}` } },
      withProgress(poster(card, 'portrait'), card.progress ?? null),
      element(
        'span',
        { class: 'card-caption' },
        element('strong', { text: card.title }),
        element('span', { text: facts }),
      ),
    ),
  )
}

/** @param hide takes it out of the row */
export function continueCard (card: ContinueCard, hide: () => void): HTMLElement {
  const { title, item, waiting } = card
  const code = episodeCode(item)
  const label = `${title.title}${code === null ? '' : `, ${code} ${item.title}`}. ${whatComes(card)}`
  return element(
    'div',
    { class: `card card-wide${waiting === null ? '' : ' is-waiting'}` },
    element(
      'a',
      {
        class: 'card-link',
        attributes: { href: waiting === null ? playAddress(title, item.id) : titleAddress(title), 'aria-label': label },
      },
      withProgress(poster(title, 'wide'), {
        positionMs: card.positionMs,
        durationMs: card.durationMs,
        finished: false,
      }),
      element(
        'span',
        { class: 'card-caption' },
        element('strong', { text: code === null ? title.title : `${title.title} · ${code}` }),
        element('span', { text: whatComes(card) }),
      ),
    ),
    iconButton(`Hide ${title.title} from this row`, X, hide, 'card-hide'),
  )
}

/** What pressing a card of continue watching does. */
export function whatComes ({ kind, positionMs, durationMs, waiting, item }: ContinueCard): string {
  if (waiting !== null) return waiting.from === null ? waiting.text : `${waiting.text} From ${dateOf(waiting.from)}.`
  if (kind === 'next') return `Next episode: ${item.title}`
  return durationMs === null
    ? `Continue at ${clock(positionMs)}`
    : `Continue at ${clock(positionMs)} of ${clock(durationMs)}`
}

interface Progress {
  readonly positionMs: number
  readonly durationMs: number | null
  readonly finished: boolean
}

/** A show's last episode may be finished without the show being so: only what is under way gets a bar. */
function withProgress (picture: HTMLElement, progress: Progress | null): HTMLElement {
  if (progress === null || progress.finished) return picture
  const bar = progressBar(progress)
  if (bar !== null) picture.append(bar)
  return picture
}

export function progressBar (progress: Progress | null): HTMLElement | null {
  if (progress === null || progress.durationMs === null || progress.durationMs === 0) return null
  if (progress.positionMs === 0 && !progress.finished) return null
  const share = progress.finished ? 1 : Math.min(1, progress.positionMs / progress.durationMs)
  return element('span', {
    class: 'progress',
    variables: { '--share': share.toFixed(4) },
    attributes: { 'aria-hidden': 'true' },
  })
}
