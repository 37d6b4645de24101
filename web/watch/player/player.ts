// Playing one movie or episode: the slot, the bytes, the controls and the exact place come together here.
import { Languages as LanguagesIcon, Settings2 } from 'lucide'
import Plyr from 'plyr'
import sprite from 'plyr/dist/plyr.svg?url'
import type { ContinueCard, Playback } from '../api/client.js'
import { explain, isProblem } from '../api/problem.js'
import { currentProfile } from '../api/session.js'
import { watchAgain } from '../api/titles.js'
import { element } from '../dom.js'
import { languageName } from '../format.js'
import { AUTO, heightNeededFor, languageChoices, OFF, qualityChoices, subtitleChoices, type Chosen } from './choices.js'
import { createMenu } from './menu.js'
import { offerAlong, offerEnd, offerNext, offerRecovery } from './offers.js'
import { measurePlayedTime } from './played-time.js'
import { attachSource, type Source } from './source.js'
import { startStream, type Languages, type Stream, type Wishes } from './stream.js'
import { askWhomToReplace } from './active-streams.js'

export interface Playing {
  readonly titleId: string
  readonly title: string
  readonly itemId: string
  readonly isEpisode: boolean
  /** From the start, whatever was watched before. */
  readonly fromStart: boolean
}

export interface Actions {
  readonly playNext: (card: ContinueCard) => void
  readonly back: () => void
}

export interface Player {
  /** Gives the slot back and waits until the place is kept. */
  readonly close: () => Promise<void>
}

/** One start of playback; choosing another file ends it and begins the next at the same place. */
interface Run {
  readonly stream: Stream
  /** null until the bytes arrive. */
  source: Source | null
}

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

/** Puts a player into a stage (which holds what is shown over the picture too) and starts. */
export async function openPlayer (stage: HTMLElement, playing: Playing, actions: Actions): Promise<Player> {
  const closed = new AbortController()
  const video = element('video', { attributes: { playsinline: true, preload: 'auto', 'aria-label': playing.title } })
  const offers = element('div', { class: 'offers' })
  const cover = element('div', { class: 'cover' })
  stage.append(video, offers, cover)
  const controls = new Plyr(video, {
    controls: CONTROLS,
    iconUrl: sprite,
    blankVideo: '',
    seekTime: SEEK_SECONDS,
    keyboard: { focused: true, global: true },
    tooltips: { controls: true, seek: true },
    storage: { enabled: false },
    captions: { active: false, update: true, language: 'auto' },
    fullscreen: { enabled: true, iosNative: true, container: '.stage' },
  })
  const languageMenu = createMenu('Audio and subtitles', LanguagesIcon, closed.signal)
  const qualityMenu = createMenu('Quality', Settings2, closed.signal)
  stage.querySelector('.plyr__controls [data-plyr=pip], .plyr__controls [data-plyr=fullscreen]')?.before(
    languageMenu.node,
    qualityMenu.node,
  )

  let run: Run | null = null
  /** Ends what belongs to the start of playback at hand. */
  let over = new AbortController()
  let chosen: Chosen = { language: null, subtitle: null, height: null }
  /** Where it is before the picture is: a stop meanwhile must not say "at the start". */
  let placeMs = 0
  let isPlaced = false

  const positionMs = (): number => isPlaced ? Math.round(video.currentTime * 1_000) : placeMs

  /** @param atMs where to begin; null: where the API says */
  async function begin (wishes: Wishes, atMs: number | null): Promise<void> {
    over.abort()
    over = new AbortController()
    const { signal } = over
    cover.replaceChildren(element('div', { class: 'spinner', attributes: { role: 'status', 'aria-label': 'Loading' } }))
    const time = measurePlayedTime(video, signal)
    const stream = await takeStream(
      wishes,
      () => ({ positionMs: positionMs(), watchedMs: time.totalMs(), isPaused: video.paused }),
      signal,
    )
    if (stream === null) return
    const { playback } = stream
    const begun: Run = { stream, source: null }
    run = begun
    placeMs = atMs ?? playback.positionMs
    isPlaced = false
    // Metadata may come before the jump to the place.
    for (const event of ['seeked', 'playing']) {
      video.addEventListener(event, () => {
        isPlaced = true
      }, { once: true, signal })
    }
    const source = await attachSource(video, playback, placeMs, () => {
      fail(begun)
    })
    if (signal.aborted) return source.detach()
    begun.source = source
    chosen = {
      language: playback.audio?.language ?? playback.mediaFile.audioLanguages[0] ?? null,
      subtitle: playback.subtitle?.id ?? null,
      height: wishes.maxHeight,
    }
    if (chosen.language !== null) source.setLanguage(chosen.language)
    if (wishes.maxHeight !== null && source.heights.includes(wishes.maxHeight)) source.setHeight(wishes.maxHeight)
    showSubtitles(playback)
    if (playback.thumbnailsUrl !== null) controls.setPreviewThumbnails({ enabled: true, src: playback.thumbnailsUrl })
    showMenus(playback, source)
    offerAlong(
      offers,
      video,
      playback.markers,
      playing.isEpisode
        ? () => {
          void finish()
        }
        : null,
      signal,
    )
    cover.replaceChildren()
    // Refused where nobody pressed anything yet: then the large button waits to be pressed.
    await video.play().catch(() => undefined)
  }

  /** Asks whom to replace as long as the plan's streams are used up. */
  async function takeStream (
    wishes: Wishes,
    where: Parameters<typeof startStream>[2],
    signal: AbortSignal,
  ): Promise<Stream | null> {
    try {
      const stream = await startStream(playing.itemId, wishes, where, () => {
        lose()
      })
      if (!signal.aborted) return stream
      await stream.stop()
      return null
    } catch (error) {
      if (signal.aborted) return null
      if (isProblem(error, 'plan-stream-limit')) {
        const takeOver = await askWhomToReplace(error, stage)
        if (takeOver !== null) return await takeStream({ ...wishes, takeOver }, where, signal)
        if (!signal.aborted) actions.back()
        return null
      }
      recover('It cannot be played', explain(error), wishes, null)
      return null
    }
  }

  function recover (heading: string, text: string, wishes: Wishes, atMs: number | null): void {
    cover.replaceChildren(offerRecovery(heading, text, [
      {
        label: 'Try again',
        run: () => {
          void begin(wishes, atMs)
        },
      },
      { label: 'Back', run: actions.back },
    ]))
  }

  /** Ends the run at hand; what it answers comes next once the item is finished. */
  async function endRun (): Promise<ContinueCard | null> {
    const ending = run
    run = null
    over.abort()
    const next = await ending?.stream.stop().catch(() => null) ?? null
    ending?.source?.detach()
    return next
  }

  async function restart (wishes: Partial<Wishes>): Promise<void> {
    const atMs = positionMs()
    const audio = chosen.language === null ? {} : { audio: { language: chosen.language } }
    await endRun()
    await begin({ maxHeight: chosen.height, ...audio, ...wishes }, atMs)
  }

  /** The slot is gone: taken over, or nothing was heard for too long. */
  function lose (): void {
    const atMs = positionMs()
    video.pause()
    over.abort()
    run?.source?.detach()
    run = null
    recover(
      'Playback has stopped here',
      'Another device took over, or this one was paused for too long. Your place is kept.',
      { maxHeight: chosen.height },
      atMs,
    )
  }

  function fail (failing: Run): void {
    if (closed.signal.aborted || run !== failing) return
    const atMs = positionMs()
    void endRun()
    recover('The picture does not arrive', 'The connection or the file failed. Your place is kept.', {
      maxHeight: chosen.height,
    }, atMs)
  }

  /** The end, or near enough for whoever asks for the next episode. */
  async function finish (): Promise<void> {
    video.pause()
    const next = await endRun()
    if (closed.signal.aborted) return
    const again = async (): Promise<void> => {
      await watchAgain(playing.titleId).catch(() => undefined)
      await begin({ maxHeight: chosen.height }, 0)
    }
    cover.replaceChildren(
      next === null
        ? offerEnd(playing.title, {
          again: () => {
            void again()
          },
          back: actions.back,
        })
        : offerNext(next, currentProfile()?.autoplay === true, {
          play: () => {
            actions.playNext(next)
          },
          back: actions.back,
        }, closed.signal),
    )
    cover.querySelector('button')?.focus()
  }

  function showSubtitles ({ subtitles }: Playback): void {
    for (const old of video.querySelectorAll('track')) old.remove()
    video.append(
      ...subtitles.map(({ id, language, kind, url }) =>
        element('track', {
          attributes: {
            kind: kind === 'sdh' ? 'captions' : 'subtitles',
            srclang: language,
            label: languageName(language),
            src: url,
            'data-id': id,
          },
        })
      ),
    )
    // The controls learn of new tracks in the next turn.
    setTimeout(() => {
      showChosenSubtitle()
    })
  }

  function showChosenSubtitle (): void {
    controls.currentTrack = [...video.querySelectorAll('track')].findIndex((track) =>
      track.dataset['id'] === chosen.subtitle
    )
  }

  function showMenus (playback: Playback, source: Source): void {
    languageMenu.show([
      {
        label: 'Audio',
        choices: languageChoices(playback, source, chosen),
        choose: (language) => {
          chooseLanguage(language)
        },
      },
      {
        label: 'Subtitles',
        choices: subtitleChoices(playback, chosen),
        choose: (id) => {
          chooseSubtitle(id)
        },
      },
    ])
    qualityMenu.show([{
      label: 'Quality',
      choices: qualityChoices(playback, source, chosen),
      choose: (id) => {
        chooseQuality(id === AUTO ? null : Number(id))
      },
    }])
  }

  function choose (change: Partial<Chosen>, remember: Languages = {}): void {
    chosen = { ...chosen, ...change }
    if (run === null || run.source === null) return
    showMenus(run.stream.playback, run.source)
    if (Object.keys(remember).length > 0) void run.stream.beat(remember)
  }

  function chooseLanguage (language: string): void {
    const audio = { language }
    if (run?.source?.languages.includes(language) !== true) {
      const { playback } = run?.stream ?? {}
      void restart({
        audio,
        maxHeight: playback === undefined ? chosen.height : heightNeededFor(playback, language, chosen.height),
      })
      return
    }
    run.source.setLanguage(language)
    choose({ language }, { audio })
  }

  function chooseSubtitle (id: string): void {
    const subtitle = run?.stream.playback.subtitles.find((one) => one.id === id)
    choose({ subtitle: id === OFF ? null : id }, {
      subtitles: subtitle === undefined ? null : { language: subtitle.language, kind: subtitle.kind },
    })
    showChosenSubtitle()
  }

  function chooseQuality (height: number | null): void {
    const heights = run?.source?.heights ?? []
    const isAtHand = height === null
      ? heights.length > 0 && chosen.height !== null && heights.includes(chosen.height)
      : heights.includes(height)
    if (!isAtHand) {
      void restart({ maxHeight: height })
      return
    }
    run?.source?.setHeight(height)
    choose({ height })
  }

  const { signal } = closed
  video.addEventListener('ended', () => {
    void finish()
  }, { signal })
  video.addEventListener('pause', () => {
    if (!video.ended) void run?.stream.beat()
  }, { signal })
  // On phones a page that is put away is often never told that it is closed.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) void run?.stream.beat()
  }, { signal })
  window.addEventListener('pagehide', () => {
    run?.stream.leave()
  }, { signal })
  // Brought back as it was, with a slot that was given back.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  }, { signal })

  void begin({ maxHeight: null }, playing.fromStart ? 0 : null)
  return {
    close: async () => {
      closed.abort()
      video.pause()
      await endRun()
      controls.destroy()
    },
  }
}
