// Overlays on the video: skip buttons, the next episode, the end of a movie, and errors.
import { FastForward, Play, RotateCcw } from 'lucide'
import type { ContinueCard, Playback } from '../api/client.js'
import { createButton, createElement } from '../dom.js'
import { createPoster } from '../parts/poster.js'
import { formatDate, episodeCode } from '../format.js'

type Markers = Playback['markers']
interface Skip {
  readonly label: string
  readonly toMs: number
}

const COUNTDOWN_SECONDS = 10

/** Returns the recap or intro at a position. */
export function findSkip (
  { recapStartMs, recapEndMs, introStartMs, introEndMs }: Markers,
  positionMs: number,
): Skip | null {
  const isIn = (startMs: number | null, endMs: number | null): endMs is number =>
    startMs !== null && endMs !== null && positionMs >= startMs && positionMs < endMs
  if (isIn(recapStartMs, recapEndMs)) return { label: 'Skip recap', toMs: recapEndMs }
  if (isIn(introStartMs, introEndMs)) return { label: 'Skip intro', toMs: introEndMs }
  return null
}

/** Shows a skip button during a recap or intro, and a button for the next episode during the credits. */
export function showPrompts (
  host: HTMLElement,
  video: HTMLVideoElement,
  markers: Markers,
  next: (() => void) | null,
  signal: AbortSignal,
): void {
  let shownLabel: string | null = null
  const update = (): void => {
    const positionMs = video.currentTime * 1_000
    const skip = findSkip(markers, positionMs)
    const hasCredits = next !== null && markers.creditsStartMs !== null && positionMs >= markers.creditsStartMs
    const label = skip?.label ?? (hasCredits ? 'Next episode' : null)
    if (label === shownLabel) return
    shownLabel = label
    if (label === null) host.replaceChildren()
    else if (skip !== null) {
      host.replaceChildren(createButton(label, FastForward, () => {
        video.currentTime = skip.toMs / 1_000
      }, 'button button-prompt'))
    } else if (next !== null) host.replaceChildren(createButton(label, Play, next, 'button button-prompt'))
  }
  video.addEventListener('timeupdate', update, { signal })
  video.addEventListener('seeking', update, { signal })
  signal.addEventListener('abort', () => {
    host.replaceChildren()
  })
}

/** Creates the card for the next episode, which starts after a countdown if autoplay is on. */
function createNextCard (
  card: ContinueCard,
  isAutoplayOn: boolean,
  actions: { readonly play: () => void, readonly back: () => void },
  signal: AbortSignal,
): HTMLElement {
  const seconds = createElement('span', { class: 'countdown', attributes: { role: 'timer' } })
  const node = createElement(
    'section',
    { class: 'end-card', attributes: { 'aria-label': 'Next episode' } },
    createPoster(card.title, 'wide'),
    createElement(
      'div',
      { class: 'end-card-text' },
      createElement('p', { class: 'end-card-kicker', text: card.waiting === null ? 'Next episode' : 'Coming soon' }),
      createElement('h2', {
        text: `${card.title.title}${episodeCode(card.item) === null ? '' : ` · ${episodeCode(card.item) ?? ''}`}`,
      }),
      createElement('p', { text: card.item.title }),
      card.waiting === null
        ? null
        : createElement('p', {
          text: `${card.waiting.text}${card.waiting.from === null ? '' : ` From ${formatDate(card.waiting.from)}.`}`,
        }),
      seconds,
      createElement(
        'div',
        { class: 'actions' },
        card.waiting === null ? createButton('Play now', Play, actions.play, 'button button-main') : null,
        createButton('Back', null, actions.back, 'button button-quiet'),
      ),
    ),
  )
  if (isAutoplayOn && card.waiting === null) startCountdown(seconds, actions.play, signal)
  return node
}

function startCountdown (host: HTMLElement, play: () => void, signal: AbortSignal): void {
  let remaining = COUNTDOWN_SECONDS
  const update = (): void => {
    host.textContent = `Playing in ${remaining} s`
  }
  const timer = setInterval(() => {
    remaining--
    if (remaining > 0) return update()
    clearInterval(timer)
    play()
  }, 1_000)
  signal.addEventListener('abort', () => {
    clearInterval(timer)
  })
  update()
}

function createEndCard (
  title: string,
  actions: { readonly startOver: () => void, readonly back: () => void },
): HTMLElement {
  return createElement(
    'section',
    { class: 'end-card', attributes: { 'aria-label': 'The end' } },
    createElement(
      'div',
      { class: 'end-card-text' },
      createElement('p', { class: 'end-card-kicker', text: 'The end' }),
      createElement('h2', { text: title }),
      createElement(
        'div',
        { class: 'actions' },
        createButton('Back', null, actions.back, 'button button-main'),
        createButton('Start over', RotateCcw, actions.startOver, 'button button-quiet'),
      ),
    ),
  )
}

export function createErrorCard (
  heading: string,
  text: string,
  actions: ReadonlyArray<{ readonly label: string, readonly run: () => void }>,
): HTMLElement {
  return createElement(
    'section',
    { class: 'end-card', attributes: { role: 'alert' } },
    createElement(
      'div',
      { class: 'end-card-text' },
      createElement('h2', { text: heading }),
      createElement('p', { text }),
      createElement(
        'div',
        { class: 'actions' },
        ...actions.map(({ label, run }, i) =>
          createButton(label, null, run, i === 0 ? 'button button-main' : 'button button-quiet')
        ),
      ),
    ),
  )
}

/** Creates the card for the end of an item: the next episode, or the end of the title. */
export function createFinishCard (
  title: string,
  next: ContinueCard | null,
  isAutoplayOn: boolean,
  actions: {
    readonly playNext: (card: ContinueCard) => void,
    readonly startOver: () => void,
    readonly back: () => void,
  },
  signal: AbortSignal,
): HTMLElement {
  if (next === null) return createEndCard(title, actions)
  const play = (): void => {
    actions.playNext(next)
  }
  return createNextCard(next, isAutoplayOn, { play, back: actions.back }, signal)
}

export function createSpinner (): HTMLElement {
  return createElement('div', { class: 'spinner', attributes: { role: 'status', 'aria-label': 'Loading' } })
}
