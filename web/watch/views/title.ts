// A movie or a show: what it is, the button that plays the right thing, and a show's seasons and episodes.
import { Play, RotateCcw } from 'lucide'
import type { ContinueCard, Episode, Season, Show } from '../api/client.js'
import { explain } from '../api/problem.js'
import {
  findContinueCard,
  isShow,
  loadSeason,
  loadSeen,
  loadTitle,
  watchAgain,
  type Kind,
  type Seen,
  type Title,
} from '../api/titles.js'
import { element, icon } from '../dom.js'
import { playAddress, progressBar, titleAddress, whatComes } from '../parts/card.js'
import { say } from '../parts/messages.js'
import { coloursOf, poster } from '../parts/poster.js'
import { keepOneTabStop, moveWithArrows } from '../parts/row.js'
import { skeletonTitle } from '../parts/states.js'
import { tasteButtons } from '../parts/rating-buttons.js'
import { addressOf, goTo } from '../router.js'
import { clock, count, dateOf, episodeCode, languageName, length, qualityName } from '../format.js'
import { nameThePage, type View } from './view.js'

const CAST_SHOWN = 6

/** What is known of a title when its page is shown. */
interface Known {
  readonly title: Title
  readonly card: ContinueCard | null
  readonly seen: ReadonlyMap<string, Seen>
  /** Of a show: the season that is open. */
  readonly season: Season | null
}

const viewOf = (kind: Kind): View => async (host, [id = '', wanted], signal) => {
  host.replaceChildren(skeletonTitle())
  const [title, card, seen] = await Promise.all([loadTitle(kind, id), findContinueCard(id), loadSeen(id)])
  const number = isShow(title) ? seasonToOpen(title, wanted, card) : null
  const season = number === null ? null : await loadSeason(id, number)
  if (signal.aborted) return null
  nameThePage(title.title)
  host.replaceChildren(titlePage({ title, card, seen, season }))
  moveWithArrows(host, signal)
  return null
}

export const movieView = viewOf('movie')
export const showView = viewOf('show')

/** The one in the address, the one that goes on, the first; specials only when there is nothing else. */
function seasonToOpen ({ seasons }: Show, wanted: string | undefined, card: ContinueCard | null): number | null {
  const numbers = seasons.filter(({ episodeCount }) => episodeCount > 0).map(({ number }) => number)
  return [Number(wanted ?? NaN), card?.item.season, numbers.find((number) => number > 0)].find((number) =>
    numbers.includes(number ?? NaN)
  ) ?? numbers[0] ?? null
}

function titlePage (known: Known): HTMLElement {
  const { title, season } = known
  const { motif, variables } = coloursOf(title)
  return element(
    'article',
    { class: 'title-page' },
    element(
      'section',
      { class: `hero hero-title motif-${motif}`, variables },
      title.backdropUrl === null
        ? null
        : element('img', {
          class: 'backdrop',
          attributes: { src: title.backdropUrl, alt: '', referrerpolicy: 'no-referrer' },
        }),
      element(
        'div',
        { class: 'hero-with-poster' },
        poster(title, 'portrait'),
        element(
          'div',
          { class: 'hero-words' },
          element('h1', { text: title.title }),
          title.originalTitle === null || title.originalTitle === title.title
            ? null
            : element('p', { class: 'quiet', text: title.originalTitle }),
          facts(title),
          element('div', { class: 'actions' }, ...playButtons(known), tasteButtons(title)),
          element('p', { class: 'synopsis', text: title.synopsis ?? 'Nobody has written about this one yet.' }),
          people(title, season),
        ),
      ),
    ),
    isShow(title) && season !== null ? seasons(title, season, known.seen) : null,
  )
}

function facts (title: Title): HTMLElement {
  const extent = isShow(title)
    ? count(title.seasons.filter(({ number }) => number > 0).length, 'season')
    : title.runtimeMs === null
    ? null
    : length(title.runtimeMs)
  const original = title.originalLanguage === null ? null : languageName(title.originalLanguage)
  return element(
    'p',
    { class: 'facts' },
    ...[title.year === null ? null : String(title.year), extent, title.genres.slice(0, 3).join(', '), original].filter((
      fact,
    ) => fact !== null && fact !== '').map((fact) => element('span', { text: fact ?? '' })),
    title.maturityRating === null
      ? null
      : element('span', { class: 'badge', text: title.maturityRating, attributes: { title: 'Maturity rating' } }),
  )
}

/** Who made it, and in what it can be watched on this plan. */
function people (title: Title, season: Season | null): HTMLElement {
  const { cast, crew } = title
  const files = isShow(title) ? season?.episodes.flatMap(({ mediaFiles }) => mediaFiles) ?? [] : title.mediaFiles
  const languages = [...new Set(files.flatMap(({ audioLanguages }) => audioLanguages))].map(languageName)
  const sharpest = Math.max(0, ...files.map(({ height }) => height ?? 0))
  const names = (list: Title['cast']): string => list.slice(0, CAST_SHOWN).map(({ name }) => name).join(', ')
  const makers = crew.filter(({ role }) => role === 'Director' || role === 'Creator')
  return element(
    'dl',
    { class: 'people' },
    ...(cast.length === 0 ? [] : [element('dt', { text: 'With' }), element('dd', { text: names(cast) })]),
    ...(makers.length === 0 ? [] : [element('dt', { text: 'By' }), element('dd', { text: names(makers) })]),
    ...(files.length === 0
      ? []
      : [
        element('dt', { text: 'Plays' }),
        element('dd', {
          text: [`up to ${qualityName(sharpest)}`, languages.join(', ')].filter((part) => part !== '').join(' · '),
        }),
      ]),
  )
}

/** What the large button plays. */
interface Offer {
  readonly label: string
  readonly itemId: string
  readonly canRestart: boolean
}

function offerOf ({ title, card, seen, season }: Known): Offer | null {
  if (card !== null && card.waiting === null) {
    const code = episodeCode(card.item)
    const what = code === null ? '' : ` ${code}`
    return {
      label: card.kind === 'next' ? `Play${what}` : `Continue${what} at ${clock(card.positionMs)}`,
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
  return { label: seen.get(title.id)?.finished === true ? 'Watch again' : 'Play', itemId: title.id, canRestart: false }
}

function playButtons (known: Known): HTMLElement[] {
  const { title, card } = known
  const offer = offerOf(known)
  const waiting = card?.waiting === null || card === null
    ? null
    : element('p', { class: 'quiet', text: whatComes(card) })
  if (offer === null) return [waiting ?? element('p', { class: 'quiet', text: 'Not available to play yet.' })]
  const play = element(
    'a',
    { class: 'button button-main', attributes: { href: playAddress(title, offer.itemId) } },
    icon(Play),
    element('span', { text: offer.label }),
  )
  if (offer.label === 'Watch again') {
    play.addEventListener('click', (event) => {
      event.preventDefault()
      void beginAgain(title.id, playAddress(title, offer.itemId))
    })
  }
  const restart = offer.canRestart
    ? element(
      'a',
      {
        class: 'button button-quiet',
        attributes: { href: addressOf('play', title.kind, title.id, offer.itemId, 'start') },
      },
      icon(RotateCcw),
      element('span', { text: 'From the beginning' }),
    )
    : null
  return [play, restart].filter((node) => node !== null)
}

/** A new pass: the history keeps the old one. */
async function beginAgain (titleId: string, address: string): Promise<void> {
  try {
    await watchAgain(titleId)
    goTo(address)
  } catch (error) {
    say(explain(error))
  }
}

function seasons (show: Show, first: Season, seen: ReadonlyMap<string, Seen>): HTMLElement {
  const list = element('ol', { class: 'episodes row' })
  const tabs = show.seasons.filter(({ episodeCount }) => episodeCount > 0).map(({ number, title }) => {
    const tab = element('button', {
      class: 'tab',
      text: title ?? (number === 0 ? 'Specials' : `Season ${number}`),
      attributes: { type: 'button' },
      click: () => {
        void open(number)
      },
    })
    return { number, tab }
  })

  function fill (season: Season): void {
    for (const { number, tab } of tabs) tab.setAttribute('aria-pressed', String(number === season.number))
    list.replaceChildren(...season.episodes.map((episode) => episodeItem(show, episode, seen.get(episode.id))))
    keepOneTabStop(list)
  }

  async function open (number: number): Promise<void> {
    try {
      list.setAttribute('aria-busy', 'true')
      fill(await loadSeason(show.id, number))
      history.replaceState(null, '', `${titleAddress(show)}/${number}`)
    } catch (error) {
      say(explain(error))
    } finally {
      list.removeAttribute('aria-busy')
    }
  }

  fill(first)
  return element(
    'section',
    { class: 'title-body', attributes: { 'aria-label': 'Episodes' } },
    element(
      'div',
      { class: 'tabs', attributes: { role: 'group', 'aria-label': 'Seasons' } },
      ...tabs.map(({ tab }) => tab),
    ),
    list,
  )
}

function episodeItem (show: Show, episode: Episode, seen: Seen | undefined): HTMLElement {
  const isPlayable = episode.mediaFiles.length > 0
  const remarks = [
    episode.runtimeMs === null ? null : length(episode.runtimeMs),
    episode.airDate === null ? null : dateOf(episode.airDate),
    seen === undefined ? null : seen.finished ? 'Watched' : `Stopped at ${clock(seen.positionMs)}`,
    isPlayable ? null : 'Not available yet',
  ].filter((remark) => remark !== null)
  const content = [
    element('span', { class: 'episode-number', text: String(episode.number), attributes: { 'aria-hidden': 'true' } }),
    element(
      'span',
      { class: 'episode-words' },
      element('strong', { text: episode.title }),
      element('small', { text: remarks.join(' · ') }),
      episode.synopsis === null ? null : element('span', { class: 'episode-synopsis', text: episode.synopsis }),
      progressBar(seen ?? null),
    ),
    isPlayable ? icon(Play) : null,
  ]
  return element(
    'li',
    {},
    isPlayable
      ? element('a', { class: 'episode card-link', attributes: { href: playAddress(show, episode.id) } }, ...content)
      : element('div', { class: 'episode is-waiting' }, ...content),
  )
}
