// The controls of the player (Plyr), with the menus for languages and quality and the subtitle tracks.
import { Languages as LanguagesIcon, Settings2 } from 'lucide'
import Plyr from 'plyr'
import spriteUrl from 'plyr/dist/plyr.svg?url'
import type { Playback } from '../api/client.js'
import { createElement } from '../dom.js'
import { languageName } from '../format.js'
import { createMenu, type Menu } from './menu.js'

const CONTROLS = [
  'play-large',
  'play',
  'rewind',
  'fast-forward',
  'progress',
  'current-time',
  'duration',
  'mute',
  'volume',
  'pip',
  'airplay',
  'fullscreen',
]
const SEEK_SECONDS = 10

export interface Controls {
  readonly languageMenu: Menu
  readonly qualityMenu: Menu
  readonly setThumbnails: (url: string) => void
  /** Replaces the subtitle tracks. @param selectedId ID of the subtitles to show; null for none */
  readonly setSubtitles: (subtitles: Playback['subtitles'], selectedId: string | null) => void
  readonly showSubtitle: (id: string | null) => void
  readonly destroy: () => void
}

/** Creates the controls of a video that is in the stage. */
export function createControls (stage: HTMLElement, video: HTMLVideoElement, signal: AbortSignal): Controls {
  const plyr = new Plyr(video, {
    controls: CONTROLS,
    iconUrl: spriteUrl,
    blankVideo: '',
    seekTime: SEEK_SECONDS,
    keyboard: { focused: true, global: true },
    tooltips: { controls: true, seek: true },
    storage: { enabled: false },
    captions: { active: false, update: true, language: 'auto' },
    fullscreen: { enabled: true, iosNative: true, container: '.stage' },
  })
  const languageMenu = createMenu('Audio and subtitles', LanguagesIcon, signal)
  const qualityMenu = createMenu('Quality', Settings2, signal)
  stage.querySelector('.plyr__controls [data-plyr=pip], .plyr__controls [data-plyr=fullscreen]')?.before(
    languageMenu.node,
    qualityMenu.node,
  )

  let selectedSubtitle: string | null = null

  function showSubtitle (id: string | null): void {
    selectedSubtitle = id
    plyr.currentTrack = [...video.querySelectorAll('track')].findIndex((track) => track.dataset['id'] === id)
  }

  return {
    languageMenu,
    qualityMenu,
    setThumbnails: (url) => {
      plyr.setPreviewThumbnails({ enabled: true, src: url })
    },
    setSubtitles: (subtitles, selectedId) => {
      for (const track of video.querySelectorAll('track')) track.remove()
      video.append(...subtitles.map(createTrack))
      selectedSubtitle = selectedId
      // Plyr reads new tracks in the next task.
      setTimeout(() => {
        showSubtitle(selectedSubtitle)
      })
    },
    showSubtitle,
    destroy: () => {
      plyr.destroy()
    },
  }
}

function createTrack ({ id, language, kind, url }: Playback['subtitles'][number]): HTMLElement {
  return createElement('track', {
    attributes: {
      kind: kind === 'sdh' ? 'captions' : 'subtitles',
      srclang: language,
      label: languageName(language),
      src: url,
      'data-id': id,
    },
  })
}
