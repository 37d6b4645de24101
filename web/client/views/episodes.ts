// The seasons and episodes of a show.
import { Play } from 'lucide'
import type { Episode, Season, Show } from '../api/client.js'
import { describeError } from '../api/problem.js'
import { loadSeason, type WatchProgress } from '../api/titles.js'
import { createElement, createIcon } from '../dom.js'
import { formatDate, formatDuration, formatPosition } from '../format.js'
import { createProgressBar, playerUrl, titleUrl } from '../parts/card.js'
import { showMessage } from '../parts/messages.js'
import { enableRovingTabIndex } from '../parts/row.js'

/** Creates the season tabs and the episode list. @param first the season to show first */
export function createSeasons (show: Show, first: Season, progress: ReadonlyMap<string, WatchProgress>): HTMLElement {
  const list = createElement('ol', { class: 'episodes row' })
  const tabs = show.seasons.filter(({ episodeCount }) => episodeCount > 0).map(({ number, title }) => {
    const tab = createElement('button', {
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
    list.replaceChildren(
      ...season.episodes.map((episode) => createEpisodeItem(show, episode, progress.get(episode.id))),
    )
    enableRovingTabIndex(list)
  }

  async function open (number: number): Promise<void> {
    try {
      list.setAttribute('aria-busy', 'true')
      fill(await loadSeason(show.id, number))
      history.replaceState(null, '', `${titleUrl(show)}/${number}`)
    } catch (error) {
      showMessage(describeError(error))
    } finally {
      list.removeAttribute('aria-busy')
    }
  }

  fill(first)
  return createElement(
    'section',
    { class: 'title-body', attributes: { 'aria-label': 'Episodes' } },
    createElement(
      'div',
      { class: 'tabs', attributes: { role: 'group', 'aria-label': 'Seasons' } },
      ...tabs.map(({ tab }) => tab),
    ),
    list,
  )
}

function createEpisodeItem (show: Show, episode: Episode, progress: WatchProgress | undefined): HTMLElement {
  const isPlayable = episode.mediaFiles.length > 0
  const details = [
    episode.runtimeMs === null ? null : formatDuration(episode.runtimeMs),
    episode.airDate === null ? null : formatDate(episode.airDate),
    progress === undefined ? null : progress.finished ? 'Watched' : `Stopped at ${formatPosition(progress.positionMs)}`,
    isPlayable ? null : 'Not available yet',
  ].filter((detail) => detail !== null)
  const content = [
    createElement('span', {
      class: 'episode-number',
      text: String(episode.number),
      attributes: { 'aria-hidden': 'true' },
    }),
    createElement(
      'span',
      { class: 'episode-text' },
      createElement('strong', { text: episode.title }),
      createElement('small', { text: details.join(' · ') }),
      episode.synopsis === null ? null : createElement('span', { class: 'episode-synopsis', text: episode.synopsis }),
      createProgressBar(progress ?? null),
    ),
    isPlayable ? createIcon(Play) : null,
  ]
  return createElement(
    'li',
    {},
    isPlayable
      ? createElement(
        'a',
        { class: 'episode card-link', attributes: { href: playerUrl(show, episode.id) } },
        ...content,
      )
      : createElement('div', { class: 'episode is-pending' }, ...content),
  )
}
