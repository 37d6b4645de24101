// The home page: a hero with the next item to watch, and rows of titles.
import { Clapperboard, Info, Play } from 'lucide'
import type { ContinueCard } from '../api/client.js'
import { loadHome, type Home } from '../api/home.js'
import { describeError } from '../api/problem.js'
import { hideFromContinueWatching, undoAction } from '../api/titles.js'
import { createElement, createIcon } from '../dom.js'
import { createContinueCard, playerUrl, titleUrl, createTitleCard, describeCard } from '../parts/card.js'
import { showMessage } from '../parts/messages.js'
import { posterColours } from '../parts/poster.js'
import { enableArrowKeys, createRow } from '../parts/row.js'
import { createEmptyState, createSkeletonRows } from '../parts/states.js'
import { episodeCode } from '../format.js'
import { setPageTitle, type View } from '../router.js'

const SKELETON_ROWS = 3

export const homeView: View = async (host, _parts, signal) => {
  setPageTitle(null)
  host.replaceChildren(createSkeletonRows(SKELETON_ROWS))
  const page = createElement('div', { class: 'home' })
  const show = (home: Home): void => {
    page.replaceChildren(...createContent(home, hideCard))
  }

  async function hideCard ({ title }: ContinueCard): Promise<void> {
    try {
      const undo = await hideFromContinueWatching(title.id)
      show(await loadHome())
      showMessage(`Removed ${title.title} from continue watching until you play it again.`, {
        label: 'Undo',
        run: () => {
          void undoHide(undo.undo)
        },
      })
    } catch (error) {
      showMessage(describeError(error))
    }
  }

  async function undoHide (undoId: string): Promise<void> {
    try {
      await undoAction(undoId)
      if (!signal.aborted) show(await loadHome())
    } catch (error) {
      showMessage(describeError(error))
    }
  }

  const home = await loadHome()
  if (signal.aborted) return null
  show(home)
  host.replaceChildren(page)
  enableArrowKeys(page, signal)
  return null
}

function createContent (
  { continueWatching, rows }: Home,
  hideCard: (card: ContinueCard) => Promise<void>,
): HTMLElement[] {
  const first = continueWatching.find(({ waiting }) => waiting === null)
  if (first === undefined && rows.length === 0) {
    return [
      createEmptyState(
        Clapperboard,
        'No titles available',
        'The catalogue is empty, or all of its titles exceed the maturity limit of this profile.',
      ),
    ]
  }
  return [
    ...(first === undefined ? [] : [createHero(first)]),
    ...(continueWatching.length === 0
      ? []
      : [createRow(
        'Continue watching',
        continueWatching.map((card) =>
          createContinueCard(card, () => {
            void hideCard(card)
          })
        ),
        'row-wide',
      )]),
    ...rows.map(({ title, cards }) => createRow(title, cards.map(createTitleCard))),
  ]
}

function createHero (card: ContinueCard): HTMLElement {
  const { title, item } = card
  const { motif, variables } = posterColours(title)
  const code = episodeCode(item)
  return createElement(
    'section',
    { class: `hero motif-${motif}`, variables, attributes: { 'aria-label': 'Continue' } },
    createElement(
      'div',
      { class: 'hero-text' },
      createElement('p', { class: 'kicker', text: card.kind === 'next' ? 'Up next' : 'Continue where you stopped' }),
      createElement('h1', { text: title.title }),
      createElement('p', {
        class: 'hero-facts',
        text: [
          code === null ? null : `${code} ${item.title}`,
          card.kind === 'next' && code !== null ? null : describeCard(card),
        ].filter((part) => part !== null).join(' · '),
      }),
      createElement(
        'div',
        { class: 'actions' },
        createElement(
          'a',
          { class: 'button button-main', attributes: { href: playerUrl(title, item.id) } },
          createIcon(Play),
          createElement('span', { text: card.kind === 'next' ? 'Play' : 'Continue' }),
        ),
        createElement(
          'a',
          { class: 'button button-quiet', attributes: { href: titleUrl(title) } },
          createIcon(Info),
          createElement('span', { text: 'More info' }),
        ),
      ),
    ),
  )
}
