// Worker thread that reads the properties of a media file. A malformed file may throw or hang here without affecting
// requests.
import { CustomSource, EncodedPacketSink, type Input, type InputTrack, type InputVideoTrack } from 'mediabunny'
import { fail } from '../../errors.js'
import type { MediaContainer } from '../upload/sniff-container.js'
import { readEmbeddedSubtitles, type EmbeddedSubtitles } from './embedded-subtitles.js'
import { findSegmentEnd, SEGMENT_HEAD_BYTES } from './matroska-segment.js'
import {
  findStartSeconds,
  FORMATS,
  MAX_READ_BYTES,
  openInput,
  readAudioTrack,
  type AudioTrackInfo,
} from './media-input.js'
import { openRangeReader, StorageUnavailableError } from './range-reader.js'
import { readWithoutClockOverflow, type ReadRange } from './transport-clock.js'
import { readPlainPackets } from './transport-packets.js'

/** Properties of a media file. Sizes in pixels, durations in ms, bitrate in bit/s. */
export interface MediaInfo extends EmbeddedSubtitles {
  readonly container: MediaContainer
  readonly contentType: string
  /** RFC 6381, such as `avc1.640028`. */
  readonly videoCodec: string
  /** Codec family, such as `avc`. */
  readonly videoCodecName: string
  /** RFC 6381, of the first audio track; null without audio. */
  readonly audioCodec: string | null
  /** Display size: square pixels, rotation applied. */
  readonly width: number
  readonly height: number
  readonly frameRate: number | null
  /** Of the whole file. */
  readonly bitrate: number
  readonly durationMs: number
  /** Distinct BCP 47 tags; unknown languages are omitted. */
  readonly audioLanguages: string[]
  /** In file order. */
  readonly audioTracks: AudioTrackInfo[]
  readonly sizeBytes: number
}

/** URLs are strings, because URL objects cannot be passed to a thread. */
export interface ProbeTask {
  readonly location: string
  readonly isUrl: boolean
  readonly sizeBytes: number
  /** After it the worker is stopped. */
  readonly timeLimitMs: number
}

/** Reasons to reject an undamaged file. */
export type ProbeRejection = 'unknown-format' | 'no-video-track' | 'unknown-codec'

export type ProbeOutcome =
  | { readonly info: MediaInfo }
  | { readonly rejection: ProbeRejection }
  | { readonly isUnavailable: true }

/** How much earlier than the stated duration the packets of a complete file may end. */
const END_TOLERANCE_SECONDS = 1
/** Subtitles get what is left of this part of the time limit: a file is never rejected because of them. */
const SUBTITLES_TIME_SHARE = 0.8

/** Entry point of the worker. A change of what it finds increases `PROBE_VERSION`. */
export default async function probe (
  { location, isUrl, sizeBytes, timeLimitMs }: ProbeTask,
): Promise<ProbeOutcome> {
  const subtitlesOverdueAt = performance.now() + timeLimitMs * SUBTITLES_TIME_SHARE
  const reader = await openRangeReader(isUrl ? new URL(location) : location, sizeBytes)
  let isUnavailable = false
  const read: ReadRange = async (start, end) => {
    if (end - start > MAX_READ_BYTES) throw new Error('the file requires a read that is too large')
    try {
      return await reader.read(start, end)
    } catch (error) {
      isUnavailable ||= error instanceof StorageUnavailableError
      throw error
    }
  }
  try {
    const head = await read(0, Math.min(SEGMENT_HEAD_BYTES, sizeBytes))
    const plain = await readPlainPackets(read, sizeBytes)
    const source = createSource({
      isRemote: reader.isRemote,
      sizeBytes: plain.sizeBytes === sizeBytes ? await reader.sizeBytes() : plain.sizeBytes,
      read: await readWithoutClockOverflow(plain.read, plain.sizeBytes),
    })
    const outcome = await readMediaInfo(source, sizeBytes, findSegmentEnd(head))
    if ('rejection' in outcome) return outcome
    const { info, startSeconds } = outcome
    const file = { container: info.container, sizeBytes: plain.sizeBytes, startMs: startSeconds * 1_000 }
    const subtitles = await readEmbeddedSubtitles(plain.read, file, subtitlesOverdueAt - performance.now())
    return isUnavailable ? { isUnavailable } : { info: { ...info, ...subtitles } }
  } catch (error) {
    if (isUnavailable) return { isUnavailable }
    throw error
  } finally {
    await reader.close()
  }
}

type MediaOutcome =
  | { readonly info: Omit<MediaInfo, keyof EmbeddedSubtitles>, readonly startSeconds: number }
  | { readonly rejection: ProbeRejection }

/** @param segmentEnd where the contents of a Matroska file end, bytes; null if it is another file or does not say so */
async function readMediaInfo (
  source: CustomSource,
  sizeBytes: number,
  segmentEnd: number | null,
): Promise<MediaOutcome> {
  const input = openInput(source)
  try {
    if (!await input.canRead()) return { rejection: 'unknown-format' }
    const inputFormat = await input.getFormat()
    const [, container, contentType] = FORMATS.find(([format]) => format === inputFormat) ??
      fail(new Error('the input has a format that was not requested'))
    const video = await input.getPrimaryVideoTrack()
    if (video === null) return { rejection: 'no-video-track' }
    const videoCodecName = await video.getCodec()
    const videoCodec = await video.getCodecParameterString()
    if (videoCodecName === null || videoCodec === null) return { rejection: 'unknown-codec' }
    const audio = await input.getAudioTracks()
    await assertComplete([video, ...audio])
    const audioTracks = await Promise.all(audio.map(readAudioTrack))
    const tracks = [video, ...audio]
    const endSeconds = await input.computeDuration(tracks, { skipLiveWait: true })
    if (segmentEnd !== null && segmentEnd > sizeBytes) await assertNotTruncated(input, endSeconds)
    const startSeconds = await findStartSeconds(input, tracks)
    const seconds = endSeconds - startSeconds
    return {
      startSeconds,
      info: {
        container,
        contentType,
        videoCodec: withSampleEntry(videoCodec, await video.getInternalCodecId()),
        videoCodecName,
        audioCodec: audioTracks[0]?.codec ?? null,
        width: assertPositive(await video.getDisplayWidth(), 'width'),
        height: assertPositive(await video.getDisplayHeight(), 'height'),
        frameRate: await readFrameRate(video),
        bitrate: Math.round(sizeBytes * 8 / assertPositive(seconds, 'duration')),
        durationMs: Math.round(seconds * 1_000),
        audioLanguages: [...new Set(audioTracks.flatMap(({ language }) => language ?? []))],
        audioTracks,
        sizeBytes,
      },
    }
  } finally {
    input.dispose()
  }
}

function createSource (
  { isRemote, sizeBytes, read }: { readonly isRemote: boolean, readonly sizeBytes: number, readonly read: ReadRange },
): CustomSource {
  return new CustomSource({
    getSize: () => sizeBytes,
    read,
    prefetchProfile: isRemote ? 'network' : 'fileSystem',
    handleUnhandledError: () => {},
  })
}

/** An index at the front may list packets that a truncated file lacks: the last packet of each track must exist. */
async function assertComplete (tracks: readonly InputTrack[]): Promise<void> {
  for (const track of tracks) {
    const last = await new EncodedPacketSink(track).getPacket(Infinity, { skipLiveWait: true })
    if (last === null || last.data.byteLength === 0) throw new Error('a track has no last packet')
  }
}

/** A Matroska file that lacks its last bytes is damaged if its packets end before the duration that it states. */
async function assertNotTruncated (input: Input, endSeconds: number): Promise<void> {
  const statedSeconds = await input.getDurationFromMetadata() ?? Infinity
  if (endSeconds < statedSeconds - END_TOLERANCE_SECONDS) throw new Error('the file is incomplete')
}

/**
 * The library names one sample entry for each codec, but players distinguish hvc1 and hev1, avc1 and avc3. Containers
 * without sample entries do not: their HEVC is hvc1, as packages are.
 */
function withSampleEntry (codec: string, codecId: string | number | Uint8Array | null): string {
  const isSampleEntry = typeof codecId === 'string' && /^(?:hvc1|hev1|avc1|avc3)$/.test(codecId)
  return isSampleEntry ? codec.replace(/^(?:hvc1|hev1|avc1|avc3)(?=\.)/, codecId) : codec.replace(/^hev1/, 'hvc1')
}

/** Frames per second, computed from the frames; null for a single frame. */
async function readFrameRate (video: InputVideoTrack): Promise<number | null> {
  const { packetCount } = await video.computePacketStats(2)
  if (packetCount < 2) return null
  const { bestGuessFrameRate } = await video.computeFrameRateMetrics()
  return Number.isFinite(bestGuessFrameRate) && bestGuessFrameRate > 0
    ? Math.round(bestGuessFrameRate * 1_000) / 1_000
    : null
}

function assertPositive (value: number, name: string): number {
  if (!Number.isFinite(value) || value <= 0) throw new Error(`the file has no ${name}`)
  return value
}
