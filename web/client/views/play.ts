// The player page.
import { ArrowLeft } from 'lucide'
import { loadTitle, type Kind } from '../api/titles.js'
import { createElement, createIconButton } from '../dom.js'
import { playerUrl, titleUrl } from '../parts/card.js'
import { openPlayer } from '../player/player.js'
import { navigate, replaceRoute, setPageTitle, type View } from '../router.js'

/** Last part of the URL that starts playback at the beginning. */
const FROM_START = 'start'

export const playView: View = async (host, [kind, titleId = '', itemId = '', from], signal) => {
  const title = await loadTitle(kind as Kind, titleId)
  if (signal.aborted) return null
  setPageTitle(title.title)
  const back = (): void => {
    navigate(titleUrl(title))
  }
  const stage = createElement(
    'div',
    { class: 'stage' },
    createElement(
      'div',
      { class: 'stage-head' },
      createIconButton('Back', ArrowLeft, back),
      createElement('h1', { text: title.title }),
    ),
  )
  host.replaceChildren(stage)
  // Menus, dialogs and full screen handle Escape first.
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
      replaceRoute(playerUrl(next, item.id))
    },
  })
  return player.close
}
