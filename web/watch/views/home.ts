// The first page: what goes on, large, and rows of what else there is.
import { Clapperboard, Info, Play } from 'lucide'
import type { ContinueCard } from '../api/client.js'
import { loadHome, type Home } from '../api/home.js'
import { explain } from '../api/problem.js'
import { hide, undo } from '../api/titles.js'
import { element, icon } from '../dom.js'
import { continueCard, playAddress, titleAddress, titleCard, whatComes } from '../parts/card.js'
import { say } from '../parts/messages.js'
import { coloursOf } from '../parts/poster.js'
import { moveWithArrows, row } from '../parts/row.js'
import { nothing, skeletonRows } from '../parts/states.js'
import { episodeCode } from '../format.js'
import { nameThePage, type View } from './view.js'

const SKELETON_ROWS = 3

export const homeView: View = async (host, _parts, signal) => {
  nameThePage(null)
  host.replaceChildren(skeletonRows(SKELETON_ROWS))
  const page = element('div', { class: 'home' })
  const show = (home: Home): void => {
    page.replaceChildren(...content(home, hideCard))
  }

  async function hideCard ({ title }: ContinueCard): Promise<void> {
    try {
      const ticket = await hide(title.id)
      show(await loadHome())
      say(`${title.title} is hidden until you play it again.`, {
        label: 'Undo',
        run: () => {
          void bringBack(ticket.undo)
        },
      })
    } catch (error) {
      say(explain(error))
    }
  }

  async function bringBack (undoId: string): Promise<void> {
    try {
      await undo(undoId)
      if (!signal.aborted) show(await loadHome())
    } catch (error) {
      say(explain(error))
    }
  }

  const home = await loadHome()
  if (signal.aborted) return null
  show(home)
  host.replaceChildren(page)
  moveWithArrows(page, signal)
  return null
}

function content ({ continueWatching, rows }: Home, hideCard: (card: ContinueCard) => Promise<void>): HTMLElement[] {
  const first = continueWatching.find(({ waiting }) => waiting === null)
  if (first === undefined && rows.length === 0) {
    return [
      nothing(
        Clapperboard,
        'Nothing here yet',
        'This profile has nothing to watch: the catalogue is empty, or all of it is for older viewers.',
      ),
    ]
  }
  return [
    ...(first === undefined ? [] : [hero(first)]),
    ...(continueWatching.length === 0
      ? []
      : [row(
        'Continue watching',
        continueWatching.map((card) =>
          continueCard(card, () => {
            void hideCard(card)
          })
        ),
        'row-wide',
      )]),
    ...rows.map(({ title, cards }) => row(title, cards.map(titleCard))),
  ]
}

/** The continue button, as large as it deserves. */
function hero (card: ContinueCard): HTMLElement {
  const { title, item } = card
  const { motif, variables } = coloursOf(title)
  const code = episodeCode(item)
  return element(
    'section',
    { class: `hero motif-${motif}`, variables, attributes: { 'aria-label': 'Continue' } },
    element(
      'div',
      { class: 'hero-words' },
      element('p', { class: 'kicker', text: card.kind === 'next' ? 'Up next' : 'Continue where you stopped' }),
      element('h1', { text: title.title }),
      element('p', {
        class: 'hero-facts',
        text: [
          code === null ? null : `${code} ${item.title}`,
          card.kind === 'next' && code !== null ? null : whatComes(card),
        ].filter((part) => part !== null).join(' · '),
      }),
      element(
        'div',
        { class: 'actions' },
        element(
          'a',
          { class: 'button button-main', attributes: { href: playAddress(title, item.id) } },
          icon(Play),
          element('span', { text: card.kind === 'next' ? 'Play' : 'Continue' }),
        ),
        element(
          'a',
          { class: 'button button-quiet', attributes: { href: titleAddress(title) } },
          icon(Info),
          element('span', { text: 'More about it' }),
        ),
      ),
    ),
  )
}
