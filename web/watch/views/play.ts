// Watching: the player over the whole window.
import { ArrowLeft } from 'lucide'
import { loadTitle, type Kind } from '../api/titles.js'
import { element, iconButton } from '../dom.js'
import { playAddress, titleAddress } from '../parts/card.js'
import { openPlayer } from '../player/player.js'
import { goTo, replaceWith } from '../router.js'
import { nameThePage, type View } from './view.js'

/** The address ends with this when playback is to begin at the start. */
const FROM_START = 'start'

export const playView: View = async (host, [kind, titleId = '', itemId = '', from], signal) => {
  const title = await loadTitle(kind as Kind, titleId)
  if (signal.aborted) return null
  nameThePage(title.title)
  const back = (): void => {
    goTo(titleAddress(title))
  }
  const stage = element(
    'div',
    { class: 'stage' },
    element('div', { class: 'stage-head' }, iconButton('Back', ArrowLeft, back), element('h1', { text: title.title })),
  )
  host.replaceChildren(stage)
  // Whatever the player itself does with Escape (a menu, a dialog, full screen) comes first.
  document.addEventListener('keydown', (event) => {
    if (
      event.key === 'Escape' && !event.defaultPrevented && document.fullscreenElement === null &&
      document.querySelector('dialog[open]') === null
    ) back()
  }, { signal })
  const player = await openPlayer(stage, {
    titleId,
    title: title.title,
    itemId,
    isEpisode: kind === 'show',
    fromStart: from === FROM_START,
  }, {
    back,
    playNext: ({ title: next, item }) => {
      replaceWith(playAddress(next, item.id))
    },
  })
  return player.close
}
