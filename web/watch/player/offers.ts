// What a player offers over the picture: skipping an intro or a recap, the next episode, and what to do at the end.
import { FastForward, Play, RotateCcw } from 'lucide'
import type { ContinueCard, Playback } from '../api/client.js'
import { button, element } from '../dom.js'
import { poster } from '../parts/poster.js'
import { dateOf, episodeCode } from '../format.js'

type Markers = Playback['markers']
interface Skip {
  readonly label: string
  readonly toMs: number
}

const COUNTDOWN_SECONDS = 10

/** What can be skipped at this place. */
export function skipAt (
  { recapStartMs, recapEndMs, introStartMs, introEndMs }: Markers,
  positionMs: number,
): Skip | null {
  const isIn = (startMs: number | null, endMs: number | null): endMs is number =>
    startMs !== null && endMs !== null && positionMs >= startMs && positionMs < endMs
  if (isIn(recapStartMs, recapEndMs)) return { label: 'Skip recap', toMs: recapEndMs }
  if (isIn(introStartMs, introEndMs)) return { label: 'Skip intro', toMs: introEndMs }
  return null
}

/** The one button that fits the place: skip what is on, or go on when the credits roll. */
export function offerAlong (
  host: HTMLElement,
  video: HTMLVideoElement,
  markers: Markers,
  next: (() => void) | null,
  signal: AbortSignal,
): void {
  let shown: string | null = null
  const update = (): void => {
    const positionMs = video.currentTime * 1_000
    const skip = skipAt(markers, positionMs)
    const hasCredits = next !== null && markers.creditsStartMs !== null && positionMs >= markers.creditsStartMs
    const label = skip?.label ?? (hasCredits ? 'Next episode' : null)
    if (label === shown) return
    shown = label
    if (label === null) host.replaceChildren()
    else if (skip !== null) {
      host.replaceChildren(button(label, FastForward, () => {
        video.currentTime = skip.toMs / 1_000
      }, 'button button-offer'))
    } else if (next !== null) host.replaceChildren(button(label, Play, next, 'button button-offer'))
  }
  video.addEventListener('timeupdate', update, { signal })
  video.addEventListener('seeking', update, { signal })
  signal.addEventListener('abort', () => {
    host.replaceChildren()
  })
}

/** At the end of an episode: the next one, by itself after a while where the profile wants that. */
export function offerNext (
  card: ContinueCard,
  isAutomatic: boolean,
  actions: { readonly play: () => void, readonly back: () => void },
  signal: AbortSignal,
): HTMLElement {
  const seconds = element('span', { class: 'countdown', attributes: { role: 'timer' } })
  const made = element(
    'section',
    { class: 'end-card', attributes: { 'aria-label': 'Next episode' } },
    poster(card.title, 'wide'),
    element(
      'div',
      { class: 'end-card-words' },
      element('p', { class: 'end-card-kicker', text: card.waiting === null ? 'Next episode' : 'Coming next' }),
      element('h2', {
        text: `${card.title.title}${episodeCode(card.item) === null ? '' : ` · ${episodeCode(card.item) ?? ''}`}`,
      }),
      element('p', { text: card.item.title }),
      card.waiting === null
        ? null
        : element('p', {
          text: `${card.waiting.text}${card.waiting.from === null ? '' : ` From ${dateOf(card.waiting.from)}.`}`,
        }),
      seconds,
      element(
        'div',
        { class: 'actions' },
        card.waiting === null ? button('Play now', Play, actions.play, 'button button-main') : null,
        button('Back to the title', null, actions.back, 'button button-quiet'),
      ),
    ),
  )
  if (isAutomatic && card.waiting === null) countDown(seconds, actions.play, signal)
  return made
}

function countDown (host: HTMLElement, play: () => void, signal: AbortSignal): void {
  let left = COUNTDOWN_SECONDS
  const tell = (): void => {
    host.textContent = `Plays in ${left} s`
  }
  const timer = setInterval(() => {
    left--
    if (left > 0) return tell()
    clearInterval(timer)
    play()
  }, 1_000)
  signal.addEventListener('abort', () => {
    clearInterval(timer)
  })
  tell()
}

export function offerEnd (
  title: string,
  actions: { readonly again: () => void, readonly back: () => void },
): HTMLElement {
  return element(
    'section',
    { class: 'end-card', attributes: { 'aria-label': 'The end' } },
    element(
      'div',
      { class: 'end-card-words' },
      element('p', { class: 'end-card-kicker', text: 'The end' }),
      element('h2', { text: title }),
      element(
        'div',
        { class: 'actions' },
        button('Back to the title', null, actions.back, 'button button-main'),
        button('From the beginning', RotateCcw, actions.again, 'button button-quiet'),
      ),
    ),
  )
}

/** Something stopped playback; what, in words, and what can be done. */
export function offerRecovery (
  heading: string,
  text: string,
  actions: ReadonlyArray<{ readonly label: string, readonly run: () => void }>,
): HTMLElement {
  return element(
    'section',
    { class: 'end-card', attributes: { role: 'alert' } },
    element(
      'div',
      { class: 'end-card-words' },
      element('h2', { text: heading }),
      element('p', { text }),
      element(
        'div',
        { class: 'actions' },
        ...actions.map(({ label, run }, i) =>
          button(label, null, run, i === 0 ? 'button button-main' : 'button button-quiet')
        ),
      ),
    ),
  )
}
