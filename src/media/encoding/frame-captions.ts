// Captions inside the pictures of a master (CEA-608 in the data of ATSC A/53), which most broadcasts of North America
// have. ffmpeg finds them only where it decodes the video.
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { StoredEncodingJob } from '../../../models/encoding-job.js'
import { DomainError } from '../../errors.js'
import { MAX_SUBTITLE_BYTES } from '../sidecar/subtitle-reader.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import type { EncodingPlan } from './encoding-plan.js'
import { movieFilter } from './input-arguments.js'
import { MAX_STEP_SECONDS } from './master-clock.js'
import { CLOSED_CAPTIONS } from './master-info.js'
import { requireSuccess } from './plan-master.js'
import { ProgramStoppedError } from './run-program.js'

/** Names of ffmpeg for codecs that have captions in their pictures. */
const CAPTIONED_CODECS = ['mpeg2video', 'h264', 'hevc']
/** Name of ffmpeg for the data. */
const SIDE_DATA = 'ATSC A53 Part 4 Closed Captions'
/** Pictures are decoded from these shares of the duration: a slate or a trailer may precede those with captions. */
const SAMPLED_SHARES = [0, 0.25, 0.5, 0.75]
const MIN_SAMPLED_MS = 60_000

const CAPTIONS_FILE = 'captions.ass'
/** Captions that scroll repeat their lines; a film has less than one MiB. */
const MAX_CAPTIONS_BYTES = 16 * 1024 ** 2
/** Height of the screen for which ffmpeg places captions. */
const SCREEN_HEIGHT = 288
/** More of a video is missing at its end only if the connection to the master ended early. */
const MIN_DECODED_SHARE = 0.9
const MAX_MISSING_MS = 2_000

/**
 * Whether the pictures of a master may contain captions. Those that are also a track become subtitles from there.
 * @throws EncoderUnavailableError; ProgramStoppedError after an abort; errors of the storage
 */
export async function hasCaptions (
  { encoder, storage }: Pick<EncodingDeps, 'encoder' | 'storage'>,
  { storageKey, clock }: Pick<StoredEncodingJob, 'storageKey' | 'clock'>,
  { video, subtitles, clock: { start }, durationMs }: EncodingPlan,
  signal: AbortSignal,
): Promise<boolean> {
  if (!CAPTIONED_CODECS.includes(video.codec)) return false
  if (subtitles.some(({ codec }) => codec === CLOSED_CAPTIONS)) return false
  const isSampled = durationMs >= MIN_SAMPLED_MS && clock?.isContinuous !== false
  const location = await storage.locate(storageKey)
  for (const share of isSampled ? SAMPLED_SHARES : [0]) {
    const from = share === 0 ? null : start / 1_000_000 + share * durationMs / 1_000
    const listed = await encoder.listSideData(location, video.stream, from, signal)
    const isUnknown = share === 0 && listed.ok && listed.output.trim() === ''
    // Without a key frame at the start, the step decodes all pictures; it also repeats what the storage did not answer.
    if (!listed.ok || isUnknown || listed.output.includes(SIDE_DATA)) return true
  }
  return false
}

export interface CaptionsWork {
  /** Scratch folder. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Receives the progress, from 0 to 1. */
  readonly onProgress: (progress: number) => void
}

/**
 * Decodes a master and returns its captions as WebVTT, whose times count from the start of the item.
 * @returns null without a visible caption
 * @throws EncodingFailedError; EncoderUnavailableError; ProgramStoppedError after an abort; errors of the storage
 */
export async function readCaptions (
  { encoder, storage, subtitleReader }: Pick<EncodingDeps, 'encoder' | 'storage' | 'subtitleReader'>,
  { storageKey, clock }: Pick<StoredEncodingJob, 'storageKey' | 'clock'>,
  plan: EncodingPlan,
  { folder, signal, onProgress }: CaptionsWork,
): Promise<Buffer | null> {
  let decodedShare = 0
  const location = await storage.locate(storageKey)
  const args = captionArguments(plan, location, clock?.isContinuous !== false)
  const result = await encoder.encode(args, {
    folder,
    durationMs: plan.durationMs,
    signal,
    onProgress: (progress) => {
      decodedShare = progress
      onProgress(progress)
    },
  })
  requireSuccess(result, 'ffmpeg could not read the captions of the master.')
  // The filter takes a connection that ends early for the end of the file.
  const isShort = decodedShare < MIN_DECODED_SHARE && (1 - decodedShare) * plan.durationMs > MAX_MISSING_MS
  if (location instanceof URL && isShort) {
    throw failed('cannot be read to their end', result.logTail)
  }
  const file = path.join(folder, CAPTIONS_FILE)
  if ((await stat(file)).size > MAX_CAPTIONS_BYTES) throw failed('are too long')
  const text = await readFile(file, 'utf8')
  if (!/^Dialogue:/m.test(text)) return null
  const source = { bytes: Buffer.from(placeCaptions(text)), format: 'srt', language: 'en', charset: 'utf-8' } as const
  try {
    const { webVtt } = await subtitleReader.readSubtitle(source)
    if (webVtt.length > MAX_SUBTITLE_BYTES) throw failed('are too long')
    return webVtt
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.code === 'stopping') throw new ProgramStoppedError()
    throw failed('cannot be converted')
  }
}

const failed = (problem: string, logTail = ''): EncodingFailedError =>
  new EncodingFailedError(
    'subtitles-failed',
    `The captions in the pictures of the master ${problem}. Upload them as subtitles.`,
    { logTail },
  )

/**
 * Returns the arguments of ffmpeg. The captions are in its working folder. The pictures go nowhere, but show progress
 * where there are no captions for long; four pixels of them are enough.
 * @param location of the master: absolute path, or an http or https URL
 */
export function captionArguments (
  { video, clock }: Pick<EncodingPlan, 'video' | 'clock'>,
  location: string | URL,
  isContinuous: boolean,
): string[] {
  // 0: jumps of the clock stay.
  const options = { streams: video.stream, discontinuity: isContinuous ? 0 : MAX_STEP_SECONDS }
  const graph = `${movieFilter(location, options)},crop=2:2:0:0[out0+subcc]`
  return [
    ...['-copyts', '-itsoffset', `${-clock.start}us`, '-f', 'lavfi', '-i', graph],
    ...['-map', '0:s', '-c:s', 'ass', CAPTIONS_FILE, '-map', '0:v', '-c:v', 'copy', '-f', 'null', '-'],
  ]
}

/** ffmpeg states the place of each line, as the left top of the screen. Captions at the top stay there. */
function placeCaptions (ass: string): string {
  return ass.replace(/\{\\an7\}\{\\pos\(\d+,(\d+)\)\}/g, (_place, y) => Number(y) < SCREEN_HEIGHT / 2 ? '{\\an8}' : '')
}
