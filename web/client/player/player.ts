// Plays a movie or an episode: connects the stream lease, the video source, the controls and the overlays.
import type { ContinueCard, Playback } from '../api/client.js'
import { describeError, isProblem } from '../api/problem.js'
import { currentProfile } from '../api/session.js'
import { startRewatch } from '../api/titles.js'
import { createElement } from '../dom.js'
import { askForStreamToEnd } from './active-streams.js'
import { attachSource } from './attach-source.js'
import {
  AUTO,
  findRequiredHeight,
  languageChoices,
  OFF,
  qualityChoices,
  subtitleChoices,
  type Selection,
} from './choices.js'
import { createControls } from './controls.js'
import { createErrorCard, createFinishCard, createSpinner, showPrompts } from './overlays.js'
import { measurePlayedTime } from './played-time.js'
import type { VideoSource } from './hls-source.js'
import { startStream, type LanguageSelection, type PlaybackState, type Stream, type StreamRequest } from './stream.js'

export interface PlayerItem {
  readonly titleId: string
  readonly title: string
  readonly itemId: string
  readonly isEpisode: boolean
  /** Starts at the beginning instead of the saved position. */
  readonly fromStart: boolean
}

export interface PlayerActions {
  readonly playNext: (card: ContinueCard) => void
  readonly back: () => void
}

export interface Player {
  /** Releases the stream lease; resolves when the position is saved. */
  readonly close: () => Promise<void>
}

/** One start of playback. Selecting another file ends it and starts the next one at the same position. */
interface PlaybackRun {
  readonly stream: Stream
  /** null until the source is attached. */
  source: VideoSource | null
}

/** Adds a player to the stage, which also contains the overlays, and starts playback. */
export async function openPlayer (stage: HTMLElement, item: PlayerItem, actions: PlayerActions): Promise<Player> {
  const closed = new AbortController()
  const video = createElement('video', { attributes: { playsinline: true, preload: 'auto', 'aria-label': item.title } })
  const prompts = createElement('div', { class: 'prompts' })
  const overlay = createElement('div', { class: 'overlay' })
  stage.append(video, prompts, overlay)
  const controls = createControls(stage, video, closed.signal)

  let run: PlaybackRun | null = null
  /** Aborts with the current run. */
  let runController = new AbortController()
  let selection: Selection = { language: null, subtitle: null, height: null }
  /** The position until the video has seeked to it; a stop before that must not report position 0. */
  let startMs = 0
  let hasStarted = false

  const positionMs = (): number => hasStarted ? Math.round(video.currentTime * 1_000) : startMs

  /** @param atMs position to start at; null: the saved position */
  async function startRun (request: StreamRequest, atMs: number | null): Promise<void> {
    runController.abort()
    runController = new AbortController()
    const { signal } = runController
    overlay.replaceChildren(createSpinner())
    const time = measurePlayedTime(video, signal)
    const readState = (): PlaybackState => ({
      positionMs: positionMs(),
      watchedMs: time.totalMs(),
      isPaused: video.paused,
    })
    const stream = await acquireStream(request, readState, signal)
    if (stream === null) return
    const { playback } = stream
    const newRun: PlaybackRun = { stream, source: null }
    run = newRun
    startMs = atMs ?? playback.positionMs
    hasStarted = false
    // Metadata can arrive before the seek to the start position.
    for (const event of ['seeked', 'playing']) {
      video.addEventListener(event, () => {
        hasStarted = true
      }, { once: true, signal })
    }
    const source = await attachSource(video, playback, startMs, () => {
      handleFailure(newRun)
    })
    if (signal.aborted) return source.detach()
    newRun.source = source
    applyDefaults(playback, source, request.maxHeight)
    const finishEpisode = (): void => {
      void finish()
    }
    showPrompts(prompts, video, playback.markers, item.isEpisode ? finishEpisode : null, signal)
    overlay.replaceChildren()
    // Browsers reject autoplay before a user interaction; then the user presses the large play button.
    await video.play().catch(() => undefined)
  }

  function applyDefaults (playback: Playback, source: VideoSource, height: number | null): void {
    selection = {
      language: playback.audio?.language ?? playback.mediaFile.audioLanguages[0] ?? null,
      subtitle: playback.subtitle?.id ?? null,
      height,
    }
    if (selection.language !== null) source.setLanguage(selection.language)
    if (height !== null && source.heights.includes(height)) source.setHeight(height)
    controls.setSubtitles(playback.subtitles, selection.subtitle)
    if (playback.thumbnailsUrl !== null) controls.setThumbnails(playback.thumbnailsUrl)
    showMenus(playback, source)
  }

  /** Starts a stream. At the stream limit of the plan, asks the user for a stream to end. */
  async function acquireStream (
    request: StreamRequest,
    readState: () => PlaybackState,
    signal: AbortSignal,
  ): Promise<Stream | null> {
    try {
      const stream = await startStream(item.itemId, request, readState, handleLostStream)
      if (!signal.aborted) return stream
      await stream.stop()
      return null
    } catch (error) {
      if (signal.aborted) return null
      if (isProblem(error, 'plan-stream-limit')) {
        const takeOver = await askForStreamToEnd(error, stage)
        if (takeOver !== null) return await acquireStream({ ...request, takeOver }, readState, signal)
        if (!signal.aborted) actions.back()
        return null
      }
      showError('Playback failed', describeError(error), request, null)
      return null
    }
  }

  function showError (heading: string, text: string, request: StreamRequest, atMs: number | null): void {
    overlay.replaceChildren(createErrorCard(heading, text, [
      {
        label: 'Try again',
        run: () => {
          void startRun(request, atMs)
        },
      },
      { label: 'Back', run: actions.back },
    ]))
  }

  /** Ends the current run. @returns the next episode if the item is finished */
  async function endRun (): Promise<ContinueCard | null> {
    const ending = run
    run = null
    runController.abort()
    const next = await ending?.stream.stop().catch(() => null) ?? null
    ending?.source?.detach()
    return next
  }

  /** Starts another run at the current position. */
  async function restart (request: Partial<StreamRequest>): Promise<void> {
    const atMs = positionMs()
    const audio = selection.language === null ? {} : { audio: { language: selection.language } }
    await endRun()
    await startRun({ maxHeight: selection.height, ...audio, ...request }, atMs)
  }

  /** Another device took the stream over, or the lease expired. */
  function handleLostStream (): void {
    const atMs = positionMs()
    video.pause()
    runController.abort()
    run?.source?.detach()
    run = null
    showError(
      'Playback stopped',
      'Another device took over this stream, or it was paused for too long. Your position is saved.',
      { maxHeight: selection.height },
      atMs,
    )
  }

  function handleFailure (failed: PlaybackRun): void {
    if (closed.signal.aborted || run !== failed) return
    const atMs = positionMs()
    void endRun()
    const text = 'The video failed to load. Your position is saved.'
    showError('Playback failed', text, { maxHeight: selection.height }, atMs)
  }

  /** Runs at the end of the video, or when the user skips the credits. */
  async function finish (): Promise<void> {
    video.pause()
    const next = await endRun()
    if (closed.signal.aborted) return
    const startOver = (): void => {
      void startRewatch(item.titleId).catch(() => undefined)
        .then(async () => await startRun({ maxHeight: selection.height }, 0))
    }
    const isAutoplayOn = currentProfile()?.autoplay === true
    const finishActions = { ...actions, startOver }
    overlay.replaceChildren(createFinishCard(item.title, next, isAutoplayOn, finishActions, closed.signal))
    overlay.querySelector('button')?.focus()
  }

  function showMenus (playback: Playback, source: VideoSource): void {
    controls.languageMenu.show([
      { label: 'Audio', choices: languageChoices(playback, source, selection), choose: selectLanguage },
      { label: 'Subtitles', choices: subtitleChoices(playback, selection), choose: selectSubtitle },
    ])
    controls.qualityMenu.show([{
      label: 'Quality',
      choices: qualityChoices(playback, source, selection),
      choose: (id) => {
        selectHeight(id === AUTO ? null : Number(id))
      },
    }])
  }

  /** @param languages languages that the service stores for the title */
  function updateSelection (change: Partial<Selection>, languages: LanguageSelection = {}): void {
    selection = { ...selection, ...change }
    if (run === null || run.source === null) return
    showMenus(run.stream.playback, run.source)
    if (Object.keys(languages).length > 0) void run.stream.sendHeartbeat(languages)
  }

  function selectLanguage (language: string): void {
    const audio = { language }
    if (run?.source?.languages.includes(language) === true) {
      run.source.setLanguage(language)
      updateSelection({ language }, { audio })
      return
    }
    const { playback } = run?.stream ?? {}
    const maxHeight = playback === undefined
      ? selection.height
      : findRequiredHeight(playback, language, selection.height)
    void restart({ audio, maxHeight })
  }

  function selectSubtitle (id: string): void {
    const subtitle = run?.stream.playback.subtitles.find((candidate) => candidate.id === id)
    const subtitles = subtitle === undefined ? null : { language: subtitle.language, kind: subtitle.kind }
    updateSelection({ subtitle: id === OFF ? null : id }, { subtitles })
    controls.showSubtitle(selection.subtitle)
  }

  function selectHeight (height: number | null): void {
    const heights = run?.source?.heights ?? []
    const isAdaptive = height === null
      ? heights.length > 0 && selection.height !== null && heights.includes(selection.height)
      : heights.includes(height)
    if (!isAdaptive) {
      void restart({ maxHeight: height })
      return
    }
    run?.source?.setHeight(height)
    updateSelection({ height })
  }

  const { signal } = closed
  video.addEventListener('ended', () => {
    void finish()
  }, { signal })
  video.addEventListener('pause', () => {
    if (!video.ended) void run?.stream.sendHeartbeat()
  }, { signal })
  // Mobile browsers often discard a hidden page without a pagehide event.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) void run?.stream.sendHeartbeat()
  }, { signal })
  window.addEventListener('pagehide', () => {
    run?.stream.stopOnPageHide()
  }, { signal })
  // A page restored from the back/forward cache has no stream lease.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  }, { signal })

  void startRun({ maxHeight: null }, item.fromStart ? 0 : null)
  return {
    close: async () => {
      closed.abort()
      video.pause()
      await endRun()
      controls.destroy()
    },
  }
}
