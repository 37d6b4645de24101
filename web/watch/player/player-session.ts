// Plays an item: connects the stream lease with the video, and decides what the player shows. Outside React, so that a
// lease never depends on rendering.
import type { LanguageSelection, PlaybackSession, PlaybackState } from '@normflix/client/playback-session.js'
import type { ContinueCard } from '@shared/api/client.js'
import { onStreamsChange } from '../api/streams-change.js'
import { findRequiredHeight, type Selection } from './choices.js'
import { measurePlayedTime, type PlayedTime } from './played-time.js'
import { INITIAL_STATE, toFailure, type LossReason, type PlayerState } from './player-state.js'
import type { SourceEvents } from './source.js'
import { startStream, type StreamRequest } from './stream.js'
import { waitUntilPlayable } from './video-element.js'

/** An interrupted start is repeated; then the user starts the video with the large play button. */
const MAX_START_ATTEMPTS = 5

interface PlayerSessionOptions {
  /** Runs after each stop of a stream, when the position is saved. */
  readonly onStopped: () => void
}

export class PlayerSession {
  #state = INITIAL_STATE

  #itemId = ''
  readonly #listeners = new Set<() => void>()
  #stream: PlaybackSession | null = null
  #video: HTMLVideoElement | null = null
  #time: PlayedTime | null = null
  /** Aborts with the current run. */
  #run = new AbortController()
  #request: StreamRequest = { maxHeight: null }
  /** Where the next start begins; null: at the saved position. */
  #atMs: number | null = null
  /** The video has seeked to the start position; a stop before that must not report position 0. */
  #hasStarted = false

  constructor (private readonly options: PlayerSessionOptions) {}

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly readState = (): PlayerState => this.#state

  #setState (change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }

  /**
   * Plays an item, and follows the page until the signal aborts. `close` ends the item before another one is opened.
   * @param fromStart starts at the beginning instead of the saved position
   */
  open (itemId: string, fromStart: boolean, signal: AbortSignal): void {
    this.#itemId = itemId
    // A page restored from the back/forward cache has no stream lease.
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) location.reload()
    }, { signal })
    window.addEventListener('online', () => {
      if (this.#state.status.kind === 'offline') this.retry()
    }, { signal })
    // Another device may have taken over the stream: the response of the heartbeat says so.
    onStreamsChange(() => {
      if (this.#hasStarted) void this.#stream?.sendHeartbeat()
    }, signal)
    void this.#start({ maxHeight: null }, fromStart ? 0 : null)
  }

  /** Releases the lease; resolves when the position is saved or queued. */
  async close (): Promise<void> {
    this.#video?.pause()
    await this.#end()
  }

  positionMs (): number {
    return this.#hasStarted && this.#video !== null
      ? Math.round(this.#video.currentTime * 1_000)
      : this.#state.startMs
  }

  /** @param atMs position to start at; null: the saved position */
  async #start (request: StreamRequest, atMs: number | null, shouldPlay = true): Promise<void> {
    this.#run.abort()
    this.#run = new AbortController()
    const { signal } = this.#run
    const { surface, status: { kind: lastStatus } } = this.#state
    this.#request = request
    this.#atMs = atMs
    this.#video = null
    this.#time = null
    this.#hasStarted = false
    this.#setState({
      status: { kind: 'starting' },
      surface: lastStatus === 'media-failed' || lastStatus === 'offline' ? surface + 1 : surface,
      playback: null,
      source: null,
      playingHeight: null,
      isBlocked: false,
    })
    let stream: PlaybackSession | null = null
    let startMs = atMs ?? this.#state.startMs
    // The stop of a start that was aborted must not report the position of another item.
    const readState = (): PlaybackState =>
      stream !== null && stream === this.#stream
        ? {
          positionMs: this.positionMs(),
          watchedMs: this.#time?.totalMs() ?? 0,
          isPaused: this.#video?.paused ?? true,
        }
        : { positionMs: startMs, watchedMs: 0, isPaused: true }
    try {
      const started = await startStream(this.#itemId, request, readState)
      stream = started
      startMs = atMs ?? started.playback.positionMs
      void started.ended.then((end) => {
        if (end !== 'stopped' && this.#stream === started) this.#handleStreamEnd(end)
      })
      if (signal.aborted) {
        await started.stop()
        return
      }
      this.#stream = started
      const { playback } = started
      this.#setState({
        run: this.#state.run + 1,
        playback,
        startMs,
        shouldPlay,
        selection: {
          language: playback.audio?.language ?? playback.mediaFile.audioLanguages[0] ?? null,
          subtitle: playback.subtitle?.id ?? null,
          height: request.maxHeight,
        },
      })
    } catch (error) {
      if (!signal.aborted) this.#setState({ status: toFailure(error) })
    }
  }

  /** Connects the video element of the current run. @returns the signal of the run, and handlers of its source */
  attach (video: HTMLVideoElement): SourceEvents & { readonly signal: AbortSignal } {
    const { signal } = this.#run
    this.#video = video
    this.#time = measurePlayedTime(video, signal)
    // Metadata can arrive before the seek to the start position.
    for (const event of ['seeked', 'playing']) {
      video.addEventListener(event, () => {
        this.#hasStarted = true
        if (this.#state.status.kind === 'starting') this.#setState({ status: { kind: 'playing' } })
      }, { once: true, signal })
    }
    void waitUntilPlayable(video, signal).then(async () => {
      if (signal.aborted) return
      if (this.#state.status.kind === 'starting') this.#setState({ status: { kind: 'playing' } })
      await this.#startVideo(video, signal)
    })
    video.addEventListener('pause', () => {
      if (!video.ended) void this.#stream?.sendHeartbeat()
    }, { signal })
    video.addEventListener('ended', () => {
      void this.#finish()
    }, { signal })
    const guard = <T extends unknown[]>(run: (...args: T) => void) => (...args: T): void => {
      if (!signal.aborted) run(...args)
    }
    return {
      signal,
      onReady: guard((source) => {
        const { language, height } = this.#state.selection
        if (language !== null) source.setLanguage(language)
        if (height !== null && source.heights.includes(height)) source.setHeight(height)
        this.#setState({ source })
      }),
      onHeight: guard((playingHeight) => {
        this.#setState({ playingHeight })
      }),
      onFailure: guard(() => {
        this.#atMs = this.positionMs()
        void this.#end()
        this.#setState({ status: { kind: navigator.onLine ? 'media-failed' : 'offline' } })
      }),
    }
  }

  /** Plays, unless the video was paused before a restart. */
  async #startVideo (video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
    if (!this.#state.shouldPlay) return
    for (let attempt = 0; attempt < MAX_START_ATTEMPTS; attempt++) {
      try {
        return await video.play()
      } catch (error) {
        if (signal.aborted || !(error instanceof DOMException)) return
        if (error.name === 'NotAllowedError') break
      }
      // With AbortError, the source loads again, or the player library paused the video while it set its state.
      await waitUntilPlayable(video, signal)
      if (signal.aborted) return
    }
    this.#setState({ isBlocked: true })
  }

  /** Ends the current run. @returns the next episode, if there is one */
  async #end (): Promise<ContinueCard | null> {
    const stream = this.#stream
    // The stop reads the position of the current stream.
    const stopping = stream?.stop()
    this.#stream = null
    this.#run.abort()
    const next = await stopping?.catch(() => null) ?? null
    if (stream !== null) this.options.onStopped()
    return next
  }

  /** Starts another run at the current position. */
  async #restart (request: Partial<StreamRequest>): Promise<void> {
    const atMs = this.positionMs()
    const { language, height } = this.#state.selection
    const shouldPlay = this.#video === null || !this.#video.paused
    await this.#end()
    const audio = language === null ? {} : { audio: { language } }
    await this.#start({ maxHeight: height, ...audio, ...request }, atMs, shouldPlay)
  }

  /** Tries again after an error, or continues a lost stream. */
  retry (takeOver: string | null = null): void {
    const { takeOver: _last, ...request } = this.#request
    void this.#start(takeOver === null ? request : { ...request, takeOver }, this.#atMs)
  }

  startOver (): void {
    void this.#start({ maxHeight: this.#state.selection.height }, 0)
  }

  #handleStreamEnd (reason: LossReason): void {
    const isPlaying = this.#video?.paused === false
    this.#stream = null
    if (reason === 'expired' && isPlaying) {
      void this.#restart({})
      return
    }
    this.#atMs = this.positionMs()
    this.#video?.pause()
    this.#run.abort()
    this.#setState({ status: { kind: 'lost', reason } })
  }

  async #finish (): Promise<void> {
    if (this.#stream === null) return
    const offered = await this.stop()
    this.#setState({ status: { kind: 'finished', offered } })
  }

  /** Stops in the credits or at the end. @returns what continue watching offers then */
  async stop (): Promise<ContinueCard | null> {
    this.#video?.pause()
    return await this.#end()
  }

  /** @param languages languages that the service stores for the title */
  #select (change: Partial<Selection>, languages: LanguageSelection = {}): void {
    this.#setState({ selection: { ...this.#state.selection, ...change } })
    if (Object.keys(languages).length > 0) void this.#stream?.sendHeartbeat(languages)
  }

  selectLanguage (language: string): void {
    const { source, playback, selection } = this.#state
    if (playback === null) return
    const audio = { language }
    if (source?.languages.includes(language) === true) {
      source.setLanguage(language)
      this.#select({ language }, { audio })
    } else void this.#restart({ audio, maxHeight: findRequiredHeight(playback, language, selection.height) })
  }

  /** @param id ID of the subtitles; null for none */
  selectSubtitle (id: string | null): void {
    const subtitle = this.#state.playback?.subtitles.find((candidate) => candidate.id === id)
    const subtitles = subtitle === undefined ? null : { language: subtitle.language, kind: subtitle.kind }
    this.#select({ subtitle: id }, { subtitles })
  }

  /** @param height null: selected by screen and network */
  selectHeight (height: number | null): void {
    const { source, selection } = this.#state
    const heights = source?.heights ?? []
    const isAdaptive = height === null
      ? heights.length > 0 && selection.height !== null && heights.includes(selection.height)
      : heights.includes(height)
    if (isAdaptive) {
      source?.setHeight(height)
      this.#select({ height })
    } else void this.#restart({ maxHeight: height })
  }
}
