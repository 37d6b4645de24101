// Moves the bounds of common audio to the silence or the black frames beside it: fingerprints are exact to a part of a
// second only.
import type { MediaDeps } from '../deps.js'
import type { Encoder } from '../encoding/encoder.js'
import { inputArguments } from '../encoding/input-arguments.js'
import { readStored } from './read-stored.js'
import type { ComparedEpisode } from './season-files.js'

export interface RefineDeps extends Pick<MediaDeps, 'storage'> {
  readonly encoder: Pick<Encoder, 'encode'>
}

/** Black frames between film and credits are searched from this time before the start of the music to this after it. */
const BLACK_BEFORE_MS = 6_000
const BLACK_AFTER_MS = 2_000
const MIN_BLACK_SECONDS = 0.15
/** A bound of an intro moves by this at most. */
const MAX_MOVE_MS = 1_000
/** The searched part is larger: silence and black frames that continue at its ends have no bound there. */
const MARGIN_MS = 500
const SILENCE_LEVEL_DB = -50
const MIN_SILENCE_SECONDS = 0.2
const BLACK_FILTER = ['-vf', `blackdetect=d=${MIN_BLACK_SECONDS}`]

/** Bounds of a silence or of black frames, ms. */
export interface Pauses {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/**
 * Refines the bounds of an intro: it starts when the silence before it ends, and ends when the silence after it starts.
 * Without silence, black frames decide; without both, a bound stays.
 * @returns ms from the start of the episode
 * @throws ProgramStoppedError after an abort; EncoderUnavailableError; errors of the storage
 */
export async function refineIntro (
  deps: RefineDeps,
  episode: ComparedEpisode,
  { startMs, endMs }: { readonly startMs: number, readonly endMs: number },
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly startMs: number, readonly endMs: number }> {
  const search = async (boundMs: number): Promise<[silence: Pauses, black: Pauses]> => {
    const fromMs = Math.max(0, boundMs - MAX_MOVE_MS - MARGIN_MS)
    const log = await readLog(
      deps,
      episode,
      fromMs,
      boundMs + MAX_MOVE_MS + MARGIN_MS,
      [
        ...['-map', `0:a:${episode.track}`],
        ...['-af', `silencedetect=noise=${SILENCE_LEVEL_DB}dB:d=${MIN_SILENCE_SECONDS}`],
        ...['-map', '0:v:0?', ...BLACK_FILTER],
      ],
      folder,
      signal,
    )
    return [findPauses(log, 'silence', fromMs), findPauses(log, 'black', fromMs)]
  }
  const [beforeStart, afterEnd] = [await search(startMs), await search(endMs)]
  return {
    startMs: moveBound(startMs, beforeStart.map(({ ends }) => ends)),
    endMs: moveBound(endMs, afterEnd.map(({ starts }) => starts)),
  }
}

/** @param candidates lists of times; the first list with a time near the bound decides */
export function moveBound (boundMs: number, candidates: ReadonlyArray<readonly number[]>): number {
  for (const times of candidates) {
    const nearest = findNearest(times, boundMs)
    if (nearest !== null && Math.abs(nearest - boundMs) <= MAX_MOVE_MS) return nearest
  }
  return boundMs
}

/** The start of the black frames nearest to the start of the music; without any, the start of the music. */
export async function refineCredits (
  deps: RefineDeps,
  episode: ComparedEpisode,
  startMs: number,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  const fromMs = Math.max(0, startMs - BLACK_BEFORE_MS)
  const filters = ['-map', '0:v:0', ...BLACK_FILTER]
  const log = await readLog(deps, episode, fromMs, startMs + BLACK_AFTER_MS, filters, folder, signal)
  return findNearest(findPauses(log, 'black', fromMs).starts, startMs) ?? startMs
}

/** @returns what the filters print about a part of the episode; a file that cannot be read has no pauses */
async function readLog (
  { encoder, storage }: RefineDeps,
  { file, durationMs }: ComparedEpisode,
  fromMs: number,
  toMs: number,
  filters: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const lengthMs = Math.min(durationMs, toMs) - fromMs
  const args = [
    ...['-ss', (fromMs / 1_000).toFixed(3), '-t', (lengthMs / 1_000).toFixed(3)],
    ...inputArguments(await storage.locate(file.storageKey)),
    ...[...filters, '-sn', '-dn', '-f', 'null', '-', '-loglevel', 'info'],
  ]
  const options = { folder, durationMs: lengthMs, signal }
  const { logTail } = await readStored(storage, file, async () => await encoder.encode(args, options))
  return logTail
}

const findNearest = (times: readonly number[], boundMs: number): number | null =>
  [...times].sort((a, b) => Math.abs(a - boundMs) - Math.abs(b - boundMs))[0] ?? null

/**
 * Reads the lines of the filters silencedetect and blackdetect.
 * @param fromMs time of the episode at which the log starts
 */
export function findPauses (log: string, kind: 'silence' | 'black', fromMs: number): Pauses {
  const findTimes = (bound: 'start' | 'end'): number[] =>
    [...log.matchAll(new RegExp(`${kind}_${bound}: ?(-?\\d+(?:\\.\\d+)?)`, 'g'))]
      .map(([, seconds]) => fromMs + Math.round(Number(seconds) * 1_000))
  return { starts: findTimes('start'), ends: findTimes('end') }
}
