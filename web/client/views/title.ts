// The page of a movie or a show: details, play buttons, and the seasons and episodes of a show.
import { Play, RotateCcw } from 'lucide'
import type { ContinueCard, Season, Show } from '../api/client.js'
import { describeError } from '../api/problem.js'
import {
  findContinueCard,
  isShow,
  loadSeason,
  loadWatchProgress,
  loadTitle,
  startRewatch,
  type Kind,
  type WatchProgress,
  type Title,
} from '../api/titles.js'
import { createElement, createIcon } from '../dom.js'
import { describeCard, playerUrl } from '../parts/card.js'
import { showMessage } from '../parts/messages.js'
import { posterColours, createPoster } from '../parts/poster.js'
import { enableArrowKeys } from '../parts/row.js'
import { createSkeletonTitle } from '../parts/states.js'
import { createRatingButtons } from '../parts/rating-buttons.js'
import { routeUrl, navigate, setPageTitle, type View } from '../router.js'
import { createSeasons } from './episodes.js'
import {
  formatPosition,
  formatCount,
  episodeCode,
  languageName,
  formatDuration,
  formatResolution,
} from '../format.js'

const MAX_CAST = 6

interface TitlePageData {
  readonly title: Title
  readonly card: ContinueCard | null
  /** By item ID. */
  readonly progress: ReadonlyMap<string, WatchProgress>
  /** The selected season of a show. */
  readonly season: Season | null
}

const createTitleView = (kind: Kind): View => async (host, [id = '', requestedSeason], signal) => {
  host.replaceChildren(createSkeletonTitle())
  const [title, card, progress] = await Promise.all([loadTitle(kind, id), findContinueCard(id), loadWatchProgress(id)])
  const number = isShow(title) ? selectSeason(title, requestedSeason, card) : null
  const season = number === null ? null : await loadSeason(id, number)
  if (signal.aborted) return null
  setPageTitle(title.title)
  host.replaceChildren(createTitlePage({ title, card, progress, season }))
  enableArrowKeys(host, signal)
  return null
}

export const movieView = createTitleView('movie')
export const showView = createTitleView('show')

/** Selects the season in the URL, that of the next episode, or the first; specials only if there is no other season. */
function selectSeason ({ seasons }: Show, requested: string | undefined, card: ContinueCard | null): number | null {
  const numbers = seasons.filter(({ episodeCount }) => episodeCount > 0).map(({ number }) => number)
  return [Number(requested ?? NaN), card?.item.season, numbers.find((number) => number > 0)].find((number) =>
    numbers.includes(number ?? NaN)
  ) ?? numbers[0] ?? null
}

function createTitlePage (data: TitlePageData): HTMLElement {
  const { title, season } = data
  const { motif, variables } = posterColours(title)
  return createElement(
    'article',
    { class: 'title-page' },
    createElement(
      'section',
      { class: `hero hero-title motif-${motif}`, variables },
      title.backdropUrl === null
        ? null
        : createElement('img', {
          class: 'backdrop',
          attributes: { src: title.backdropUrl, alt: '', referrerpolicy: 'no-referrer' },
        }),
      createElement(
        'div',
        { class: 'hero-with-poster' },
        createPoster(title, 'portrait'),
        createElement(
          'div',
          { class: 'hero-text' },
          createElement('h1', { text: title.title }),
          title.originalTitle === null || title.originalTitle === title.title
            ? null
            : createElement('p', { class: 'quiet', text: title.originalTitle }),
          createFacts(title),
          createElement('div', { class: 'actions' }, ...createPlayButtons(data), createRatingButtons(title)),
          createElement('p', { class: 'synopsis', text: title.synopsis ?? 'No description available' }),
          createCredits(title, season),
        ),
      ),
    ),
    isShow(title) && season !== null ? createSeasons(title, season, data.progress) : null,
  )
}

function createFacts (title: Title): HTMLElement {
  const size = isShow(title)
    ? formatCount(title.seasons.filter(({ number }) => number > 0).length, 'season')
    : title.runtimeMs === null
    ? null
    : formatDuration(title.runtimeMs)
  const original = title.originalLanguage === null ? null : languageName(title.originalLanguage)
  return createElement(
    'p',
    { class: 'facts' },
    ...[title.year === null ? null : String(title.year), size, title.genres.slice(0, 3).join(', '), original].filter((
      fact,
    ) => fact !== null && fact !== '').map((fact) => createElement('span', { text: fact ?? '' })),
    title.certification === null
      ? null
      : createElement('span', {
        class: 'badge',
        text: describeCertification(title.certification),
        attributes: { title: 'Maturity rating' },
      }),
  )
}

/** American ratings and ages are known without the name of their system. */
function describeCertification ({ system, rating }: NonNullable<Title['certification']>): string {
  return ['MPA', 'TV', 'age'].includes(system) ? rating : `${system} ${rating}`
}

/** Creates the list of people, and of the resolutions and languages that the plan can play. */
function createCredits (title: Title, season: Season | null): HTMLElement {
  const { cast, crew } = title.credits
  const files = isShow(title) ? season?.episodes.flatMap(({ mediaFiles }) => mediaFiles) ?? [] : title.mediaFiles
  const languages = [...new Set(files.flatMap(({ audioLanguages }) => audioLanguages))].map(languageName)
  const maxHeight = Math.max(0, ...files.map(({ height }) => height ?? 0))
  const names = (list: Title['credits']['cast']): string => list.slice(0, MAX_CAST).map(({ name }) => name).join(', ')
  const creators = crew.filter(({ role }) => role === 'Director' || role === 'Creator')
  return createElement(
    'dl',
    { class: 'credits' },
    ...(cast.length === 0 ? [] : [createElement('dt', { text: 'Cast' }), createElement('dd', { text: names(cast) })]),
    ...(creators.length === 0
      ? []
      : [createElement('dt', { text: 'Created by' }), createElement('dd', { text: names(creators) })]),
    ...(files.length === 0
      ? []
      : [
        createElement('dt', { text: 'Available in' }),
        createElement('dd', {
          text: [`Up to ${formatResolution(maxHeight)}`, languages.join(', ')].filter((part) => part !== '').join(
            ' · ',
          ),
        }),
      ]),
  )
}

/** What the play button plays. */
interface PlayAction {
  readonly label: string
  readonly itemId: string
  readonly canRestart: boolean
}

function findPlayAction ({ title, card, progress, season }: TitlePageData): PlayAction | null {
  if (card !== null && card.waiting === null) {
    const code = episodeCode(card.item)
    const suffix = code === null ? '' : ` ${code}`
    return {
      label: card.kind === 'next' ? `Play${suffix}` : `Continue${suffix} at ${formatPosition(card.positionMs)}`,
      itemId: card.item.id,
      canRestart: card.kind === 'resume',
    }
  }
  if (isShow(title)) {
    const first = season?.episodes.find(({ mediaFiles }) => mediaFiles.length > 0)
    return first === undefined || season === null
      ? null
      : { label: `Play S${season.number} E${first.number}`, itemId: first.id, canRestart: false }
  }
  if (title.mediaFiles.length === 0) return null
  return {
    label: progress.get(title.id)?.finished === true ? 'Watch again' : 'Play',
    itemId: title.id,
    canRestart: false,
  }
}

function createPlayButtons (data: TitlePageData): HTMLElement[] {
  const { title, card } = data
  const action = findPlayAction(data)
  const pending = card?.waiting === null || card === null
    ? null
    : createElement('p', { class: 'quiet', text: describeCard(card) })
  if (action === null) return [pending ?? createElement('p', { class: 'quiet', text: 'Not available yet' })]
  const play = createElement(
    'a',
    { class: 'button button-main', attributes: { href: playerUrl(title, action.itemId) } },
    createIcon(Play),
    createElement('span', { text: action.label }),
  )
  if (action.label === 'Watch again') {
    play.addEventListener('click', (event) => {
      event.preventDefault()
      void playAgain(title.id, playerUrl(title, action.itemId))
    })
  }
  const restart = action.canRestart
    ? createElement(
      'a',
      {
        class: 'button button-quiet',
        attributes: { href: routeUrl('play', title.kind, title.id, action.itemId, 'start') },
      },
      createIcon(RotateCcw),
      createElement('span', { text: 'Start over' }),
    )
    : null
  return [play, restart].filter((node) => node !== null)
}

/** Starts a rewatch; the history keeps the earlier plays. */
async function playAgain (titleId: string, url: string): Promise<void> {
  try {
    await startRewatch(titleId)
    navigate(url)
  } catch (error) {
    showMessage(describeError(error))
  }
}
