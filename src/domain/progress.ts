// Progress of one play. Each field merges by newest, maximum or minimum, so that order, repetition and batching of
// events never change the result.

/** An item counts as started after this long, or after this share of its runtime. */
export const STARTED_AFTER_MS = 60_000
export const STARTED_SHARE = 0.01
/** Completion threshold of an item without a credits marker, as a share of its runtime. */
export const FINISHED_SHARE = 0.9
/** An item is complete this close to its end, wherever its credits marker is. */
export const END_MARGIN_MS = 1_000

/** Playing time never grows faster than the time since the start of the play times this. */
export const MAX_PLAYBACK_RATE = 4
/** Playing time that a play may have beyond that: the clocks of clients and server differ. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000
/** The playing time of one play counts up to this many times the runtime. */
export const MAX_REPEATS = 10

/** Playback position at one time, as a client reports it; times in ms since the epoch. */
export interface ProgressEvent {
  readonly positionMs: number
  readonly at: number
  /** Playing time of this play so far, ms; null when the client does not report it. */
  readonly watchedMs: number | null
  /** Breaks ties between events of the same time. */
  readonly eventId: string
}

/** Timing that decides when an item is complete. */
export interface ItemTiming {
  readonly durationMs: number | null
  readonly creditsStartMs: number | null
  /** Duration of the longest file of the item, ms; omitted: `durationMs`. */
  readonly longestMs?: number | null
}

/** The merged data of one play of one item; times in ms since the epoch. */
export interface PlayProgress {
  readonly startedAt: number
  readonly startPositionMs: number
  /** Time of the newest event; 0 without events: a start is not an event and loses to each one. */
  readonly at: number
  readonly eventId: string
  /** Position of the newest event. */
  readonly positionMs: number
  readonly durationMs: number | null
  readonly furthestMs: number
  /** Highest playing time that the client reported, without `watchedBeforeMs`; null if it reported none. */
  readonly watchedMs: number | null
  /** Time of the newest event at or past the completion threshold; null without one. */
  readonly reachedEndAt: number | null
  /** Highest reported playing time of the events at or past the completion threshold, without `watchedBeforeMs`. */
  readonly reachedEndWatchedMs: number | null
  /**
   * Playing time that the client reported for what was removed from the history; the counter of a client includes it.
   * Omitted: 0.
   */
  readonly watchedBeforeMs?: number
}

/**
 * Position from which an item counts as finished, in ms; null when its runtime is unknown.
 * A credits marker takes precedence over the share of the runtime. The threshold is never in the last second.
 */
export function completionThresholdMs (timing: ItemTiming): number | null {
  if (timing.durationMs === null) return null
  const end = Math.max(0, timing.durationMs - END_MARGIN_MS)
  return Math.min(timing.creditsStartMs ?? Math.ceil(timing.durationMs * FINISHED_SHARE), end)
}

/** Clamps a client's time to the time of the server, ms since the epoch. */
export function clampToNow (at: Date, now: Date): number {
  return Math.min(at.getTime(), now.getTime())
}

/**
 * Limits the playing time of an event to what can have passed since the play started. Depends only on the event and its
 * play, so that the order of events does not matter. An event from before the start is from a slow clock, which cannot
 * be compared.
 * @param startedAt ms since the epoch; null when the service did not see the start
 */
export function limitPlayingTime (event: ProgressEvent, startedAt: number | null): ProgressEvent {
  if (event.watchedMs === null || startedAt === null || event.at < startedAt) return event
  const maxMs = (event.at - startedAt) * MAX_PLAYBACK_RATE + CLOCK_TOLERANCE_MS
  return event.watchedMs <= maxMs ? event : { ...event, watchedMs: maxMs }
}

/** Limits positions to the runtime, and playing times to a multiple of it. @param runtimeMs null when it is unknown */
export function limitToRuntime (play: PlayProgress, runtimeMs: number | null): PlayProgress {
  if (runtimeMs === null || runtimeMs <= 0) return play
  const limitPosition = (positionMs: number): number => Math.min(positionMs, runtimeMs)
  const limitTime = (timeMs: number | null): number | null =>
    timeMs === null ? null : Math.min(timeMs, runtimeMs * MAX_REPEATS)
  return {
    ...play,
    startPositionMs: limitPosition(play.startPositionMs),
    positionMs: limitPosition(play.positionMs),
    furthestMs: limitPosition(play.furthestMs),
    watchedMs: limitTime(play.watchedMs),
    reachedEndWatchedMs: limitTime(play.reachedEndWatchedMs),
  }
}

/** True for the event of a player that failed to start: it reports an early position, and that nothing was played. */
export function isFailedStart ({ watchedMs, positionMs }: ProgressEvent, startPositionMs: number): boolean {
  return watchedMs === 0 && positionMs < startPositionMs
}

/** Progress of a play with a single event. */
export function playProgressOfEvent (event: ProgressEvent, timing: ItemTiming): PlayProgress {
  const thresholdMs = completionThresholdMs(timing)
  const hasReachedEnd = thresholdMs !== null && event.positionMs >= thresholdMs
  const progress = {
    startedAt: event.at,
    startPositionMs: event.positionMs,
    at: event.at,
    eventId: event.eventId,
    positionMs: event.positionMs,
    durationMs: timing.durationMs,
    furthestMs: event.positionMs,
    watchedMs: event.watchedMs,
    reachedEndAt: hasReachedEnd ? event.at : null,
    reachedEndWatchedMs: hasReachedEnd ? event.watchedMs : null,
  }
  const limited = limitToRuntime(progress, timing.longestMs ?? timing.durationMs)
  // A position behind the end is of a longer file.
  return timing.durationMs === null || limited.positionMs <= timing.durationMs
    ? limited
    : { ...limited, durationMs: limited.positionMs }
}

/** Merges two records of the same play. Commutative, associative and idempotent. */
export function mergePlayProgress (a: PlayProgress, b: PlayProgress): PlayProgress {
  const newest = compareNewestEvents(a, b) >= 0 ? a : b
  const first = compareStarts(a, b) <= 0 ? a : b
  // The counter of a client is what both records have in common.
  const watchedBeforeMs = Math.min(a.watchedBeforeMs ?? 0, b.watchedBeforeMs ?? 0)
  const [one, other] = [countPlayingTimeFrom(a, watchedBeforeMs), countPlayingTimeFrom(b, watchedBeforeMs)]
  return {
    startedAt: first.startedAt,
    startPositionMs: first.startPositionMs,
    at: newest.at,
    eventId: newest.eventId,
    positionMs: newest.positionMs,
    durationMs: newest.durationMs,
    furthestMs: Math.max(a.furthestMs, b.furthestMs),
    watchedMs: maxOrNull(one.watchedMs, other.watchedMs),
    reachedEndAt: maxOrNull(a.reachedEndAt, b.reachedEndAt),
    reachedEndWatchedMs: maxOrNull(one.reachedEndWatchedMs, other.reachedEndWatchedMs),
    ...(watchedBeforeMs === 0 ? {} : { watchedBeforeMs }),
  }
}

/**
 * Counts the playing time of a play from a value of the client's counter on.
 * @param watchedBeforeMs the value, ms; a counter below it counts as 0
 */
export function countPlayingTimeFrom (play: PlayProgress, watchedBeforeMs: number): PlayProgress {
  const { watchedBeforeMs: before = 0, ...rest } = play
  if (before === watchedBeforeMs) return play
  const count = (timeMs: number | null): number | null =>
    timeMs === null ? null : Math.max(0, timeMs + before - watchedBeforeMs)
  return {
    ...rest,
    watchedMs: count(play.watchedMs),
    reachedEndWatchedMs: count(play.reachedEndWatchedMs),
    ...(watchedBeforeMs === 0 ? {} : { watchedBeforeMs }),
  }
}

/** Orders by time, then event ID, then position: a client may send one event ID with different numbers. */
function compareNewestEvents (a: PlayProgress, b: PlayProgress): number {
  return a.at - b.at || compareText(a.eventId, b.eventId) || a.positionMs - b.positionMs ||
    (a.durationMs ?? -1) - (b.durationMs ?? -1)
}

function compareStarts (a: PlayProgress, b: PlayProgress): number {
  return a.startedAt - b.startedAt || a.startPositionMs - b.startPositionMs
}

/** Total order over plays: derived state does not depend on the order in which plays are read. */
export function comparePlays (a: PlayProgress, b: PlayProgress): number {
  return compareStarts(a, b) || compareNewestEvents(a, b) || a.furthestMs - b.furthestMs ||
    (a.watchedMs ?? -1) - (b.watchedMs ?? -1) || (a.reachedEndAt ?? -1) - (b.reachedEndAt ?? -1) ||
    (a.reachedEndWatchedMs ?? -1) - (b.reachedEndWatchedMs ?? -1)
}

/** Compares by UTF-8 bytes, as the database does. The operators of JavaScript compare UTF-16 code units instead. */
function compareText (a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Converts a time of the rules, ms since the epoch, to a stored date. */
export function dateOrNull (time: number | null): Date | null {
  return time === null ? null : new Date(time)
}

export function maxOrNull (a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}

/** Playing time of a play in ms: the reported time, or the distance from its start to its furthest position. */
export function watchedMsOfPlay (play: PlayProgress): number {
  return play.watchedMs ?? Math.max(0, play.furthestMs - play.startPositionMs)
}

/** Playing time of a play when it reached the end, ms. */
export function watchedMsAtEnd (play: PlayProgress): number {
  return play.watchedMs === null ? watchedMsOfPlay(play) : play.reachedEndWatchedMs ?? play.watchedMs
}

/** Time by which a play is ordered, ms since the epoch. With a slow client clock, events may precede the start. */
export function lastEventAt (play: PlayProgress): number {
  return Math.max(play.at, play.startedAt)
}

/** True when nothing was played: all positions are the start position. */
export function isEmptyPlay (play: PlayProgress): boolean {
  return watchedMsOfPlay(play) === 0 && play.positionMs === play.startPositionMs &&
    play.furthestMs <= play.startPositionMs
}

/** Playing time after which an item of this runtime counts as started, ms. */
export function startThresholdMs (durationMs: number | null): number {
  return durationMs === null ? STARTED_AFTER_MS : Math.max(1, Math.min(STARTED_AFTER_MS, durationMs * STARTED_SHARE))
}

/** True when a play on its own is long enough to count as a start. */
export function countsAsStart (play: PlayProgress): boolean {
  return watchedMsOfPlay(play) >= startThresholdMs(play.durationMs)
}

/** Reads of one stream; times in ms since the epoch. */
export interface StreamReads {
  readonly startedAt: number
  readonly startPositionMs: number
  readonly durationMs: number | null
  /** Last read. */
  readonly readAt: number
  /** Playing time of the video that was sent. */
  readonly servedMs: number
}

/**
 * Estimates the position of a player that reports none: the start position plus the time that passed, but not more
 * than was sent, and not beyond the end.
 */
export function estimatePositionMs ({ startedAt, startPositionMs, durationMs, readAt, servedMs }: StreamReads): number {
  const playedMs = Math.max(0, Math.min(readAt - startedAt, servedMs))
  return Math.min(startPositionMs + playedMs, durationMs ?? Infinity)
}
