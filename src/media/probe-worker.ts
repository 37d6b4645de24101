// Runs in a worker thread: reads what a media file really contains. A broken file may throw or hang here, never beside
// requests.
import { CustomSource, EncodedPacketSink, Input, Logging, LogLevel, MATROSKA, MP4, MPEG_TS, QTFF, WEBM, type InputAudioTrack, type InputFormat, type InputTrack, type InputVideoTrack } from 'mediabunny'
import { fail } from '../errors.js'
import type { MediaContainer } from './container-magic.js'
import { LocationAwayError, openReader, type RangeReader } from './range-reader.js'

/** What a media file really contains; sizes in pixels, times in ms, bitrate in bit/s. */
export interface MediaFacts {
  readonly container: MediaContainer
  readonly contentType: string
  /** RFC 6381, such as `avc1.640028`. */
  readonly videoCodec: string
  /** The codec's family, such as `avc`. */
  readonly videoCodecName: string
  /** RFC 6381; null without sound. */
  readonly audioCodec: string | null
  /** As shown: square pixels, rotation applied. */
  readonly width: number
  readonly height: number
  readonly frameRate: number | null
  /** Of the whole file. */
  readonly bitrate: number
  readonly durationMs: number
  /** BCP 47, each once; what the file does not say is left out. */
  readonly audioLanguages: string[]
  readonly audioTracks: number
  readonly sizeBytes: number
}

/** A thread takes no URL objects. */
export interface ProbeTask { readonly location: string, readonly isUrl: boolean, readonly sizeBytes: number }

/** Refusals that are not damage. */
export type ProbeRefusal = 'unknown-kind' | 'no-picture' | 'unknown-codec'

export type ProbeOutcome = { readonly facts: MediaFacts } | { readonly refusal: ProbeRefusal } | { readonly isAway: true }

/**
 * Only what is accepted as an upload. Never ALL_FORMATS: its HLS reader opens whatever paths and addresses a playlist
 * names.
 */
const FORMATS: ReadonlyArray<readonly [InputFormat, container: MediaContainer, contentType: string]> = [
  [MP4, 'mp4', 'video/mp4'],
  [QTFF, 'mov', 'video/quicktime'],
  [MATROSKA, 'mkv', 'video/x-matroska'],
  [WEBM, 'webm', 'video/webm'],
  [MPEG_TS, 'ts', 'video/mp2t'],
]
/** An index of a long film has some 20 MiB; a file that wants more at once is lying about a length. */
const MAX_READ_BYTES = 128 * 1024 ** 2
// A hostile file would write its oddities into the service's output.
Logging.level = LogLevel.Silent
/** ISO 639-2 for undetermined, several, uncoded, and no speech. */
const NO_LANGUAGE = ['und', 'mul', 'mis', 'zxx']

export default async function probe ({ location, isUrl, sizeBytes }: ProbeTask): Promise<ProbeOutcome> {
  const reader = await openReader(isUrl ? new URL(location) : location, sizeBytes)
  let isAway = false
  const source = toSource(reader, (error) => { isAway ||= error instanceof LocationAwayError })
  try {
    return await read(source, sizeBytes)
  } catch (error) {
    if (isAway) return { isAway }
    throw error
  }
}

async function read (source: CustomSource, sizeBytes: number): Promise<ProbeOutcome> {
  const input = new Input({ source, formats: FORMATS.map(([format]) => format) })
  try {
    if (!await input.canRead()) return { refusal: 'unknown-kind' }
    const actual = await input.getFormat()
    const [, container, contentType] = FORMATS.find(([format]) => format === actual) ?? fail(new Error('a format that was not asked for'))
    const video = await input.getPrimaryVideoTrack()
    if (video === null) return { refusal: 'no-picture' }
    const videoCodecName = await video.getCodec()
    const videoCodec = await video.getCodecParameterString()
    if (videoCodecName === null || videoCodec === null) return { refusal: 'unknown-codec' }
    const audio = await input.getAudioTracks()
    await assertComplete([video, ...audio])
    const seconds = await input.computeDuration([video, ...audio], { skipLiveWait: true })
    return {
      facts: {
        container,
        contentType,
        videoCodec,
        videoCodecName,
        audioCodec: await audio[0]?.getCodecParameterString() ?? null,
        width: positive(await video.getDisplayWidth(), 'width'),
        height: positive(await video.getDisplayHeight(), 'height'),
        frameRate: await frameRateOf(video),
        bitrate: Math.round(sizeBytes * 8 / positive(seconds, 'duration')),
        durationMs: Math.round(seconds * 1_000),
        audioLanguages: await languagesOf(audio),
        audioTracks: audio.length,
        sizeBytes,
      },
    }
  } finally {
    input.dispose()
  }
}

function toSource (reader: RangeReader, onError: (error: unknown) => void): CustomSource {
  return new CustomSource({
    getSize: async () => await reader.sizeBytes(),
    async read (start, end) {
      if (end - start > MAX_READ_BYTES) throw new Error('a part is larger than any part should be')
      try {
        return await reader.read(start, end)
      } catch (error) {
        onError(error)
        throw error
      }
    },
    dispose: () => { reader.close().catch(() => {}) },
    prefetchProfile: reader.isRemote ? 'network' : 'fileSystem',
    handleUnhandledError: () => {},
  })
}

/** An index in front promises packets that a file cut short does not have: the last of each track must be there. */
async function assertComplete (tracks: readonly InputTrack[]): Promise<void> {
  for (const track of tracks) {
    const last = await new EncodedPacketSink(track).getPacket(Infinity, { skipLiveWait: true })
    if (last === null || last.data.byteLength === 0) throw new Error('a track has no last packet')
  }
}

/** Frames per second, from the frames themselves; null for a single picture. */
async function frameRateOf (video: InputVideoTrack): Promise<number | null> {
  const { bestGuessFrameRate } = await video.computeFrameRateMetrics()
  return Number.isFinite(bestGuessFrameRate) && bestGuessFrameRate > 0 ? Math.round(bestGuessFrameRate * 1_000) / 1_000 : null
}

async function languagesOf (audio: readonly InputAudioTrack[]): Promise<string[]> {
  const codes = await Promise.all(audio.map(async (track) => await track.getLanguageCode()))
  return [...new Set(codes.filter((code) => !NO_LANGUAGE.includes(code)).flatMap(toBcp47))]
}

/** Containers use ISO 639-2 (`spa`, `ger`); BCP 47 wants the shortest code (`es`, `de`). */
function toBcp47 (code: string): string[] {
  try {
    return Intl.getCanonicalLocales(code)
  } catch {
    return []
  }
}

function positive (value: number, name: string): number {
  if (!Number.isFinite(value) || value <= 0) throw new Error(`it has no ${name}`)
  return value
}
