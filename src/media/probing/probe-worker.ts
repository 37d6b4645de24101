// Runs in a worker thread: reads what a media file really contains. A broken file may throw or hang here, never beside
// requests.
import { CustomSource, EncodedPacketSink, type InputTrack, type InputVideoTrack } from 'mediabunny'
import { fail } from '../../errors.js'
import type { MediaContainer } from '../upload/container-magic.js'
import { describeAudio, FORMATS, MAX_READ_BYTES, openInput, type AudioTrackInfo } from './media-input.js'
import { StorageUnavailableError, openReader, type RangeReader } from './range-reader.js'

/** What a media file really contains; sizes in pixels, times in ms, bitrate in bit/s. */
export interface MediaInfo {
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
  /** In the order of the file. */
  readonly audioTracks: AudioTrackInfo[]
  readonly sizeBytes: number
}

/** A thread takes no URL objects. */
export interface ProbeTask {
  readonly location: string
  readonly isUrl: boolean
  readonly sizeBytes: number
}

/** Refusals that are not damage. */
export type ProbeRejection = 'unknown-kind' | 'no-picture' | 'unknown-codec'

export type ProbeOutcome = { readonly facts: MediaInfo } | { readonly refusal: ProbeRejection } | {
  readonly isAway: true,
}

export default async function probe ({ location, isUrl, sizeBytes }: ProbeTask): Promise<ProbeOutcome> {
  const reader = await openReader(isUrl ? new URL(location) : location, sizeBytes)
  let isAway = false
  const source = toSource(reader, (error) => {
    isAway ||= error instanceof StorageUnavailableError
  })
  try {
    return await read(source, sizeBytes)
  } catch (error) {
    if (isAway) return { isAway }
    throw error
  }
}

async function read (source: CustomSource, sizeBytes: number): Promise<ProbeOutcome> {
  const input = openInput(source)
  try {
    if (!await input.canRead()) return { refusal: 'unknown-kind' }
    const actual = await input.getFormat()
    const [, container, contentType] = FORMATS.find(([format]) => format === actual) ??
      fail(new Error('a format that was not asked for'))
    const video = await input.getPrimaryVideoTrack()
    if (video === null) return { refusal: 'no-picture' }
    const videoCodecName = await video.getCodec()
    const videoCodec = await video.getCodecParameterString()
    if (videoCodecName === null || videoCodec === null) return { refusal: 'unknown-codec' }
    const audio = await input.getAudioTracks()
    await assertComplete([video, ...audio])
    const audioTracks = await Promise.all(audio.map(describeAudio))
    const seconds = await input.computeDuration([video, ...audio], { skipLiveWait: true })
    return {
      facts: {
        container,
        contentType,
        videoCodec,
        videoCodecName,
        audioCodec: audioTracks[0]?.codec ?? null,
        width: positive(await video.getDisplayWidth(), 'width'),
        height: positive(await video.getDisplayHeight(), 'height'),
        frameRate: await frameRateOf(video),
        bitrate: Math.round(sizeBytes * 8 / positive(seconds, 'duration')),
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
    dispose: () => {
      reader.close().catch(() => {})
    },
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
  return Number.isFinite(bestGuessFrameRate) && bestGuessFrameRate > 0
    ? Math.round(bestGuessFrameRate * 1_000) / 1_000
    : null
}

function positive (value: number, name: string): number {
  if (!Number.isFinite(value) || value <= 0) throw new Error(`it has no ${name}`)
  return value
}
