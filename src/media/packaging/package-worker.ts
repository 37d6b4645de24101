// Worker thread that copies the packets of a media file unchanged into fragments for HLS byte ranges. Reads and writes
// through a port, so that it works with any storage and holds little of the file in memory.
import type { MessagePort } from 'node:worker_threads'
import {
  CustomSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  type Output,
  type EncodedPacket,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny'
import { fail } from '../../errors.js'
import { findStartSeconds, MAX_READ_BYTES, openInput, readAudioTrack } from '../probing/media-input.js'
import { readWithoutClockOverflow } from '../probing/transport-clock.js'
import { readPlainPackets } from '../probing/transport-packets.js'
import { createOutput, toIndex, type Fragments } from './fragments.js'
import {
  MAX_AUDIO_RENDITIONS,
  type AudioRendition,
  type PackageIndex,
  type RenditionIndex,
  type RenditionName,
  type VideoRange,
  type VideoRendition,
} from './package-index.js'
import { createStoragePort, type StoragePort } from './storage-port.js'
import { moveAudioPacket, moveVideoPacket, type Timeline } from './timeline.js'

export interface PackageTask {
  readonly sizeBytes: number
  /** Found by probing. */
  readonly frameRate: number | null
  readonly port: MessagePort
}

/** Reasons not to package a file. Only `damaged` means that the file cannot be played either. */
export type PackageRejection =
  | 'damaged'
  | 'picture-codec'
  | 'sound-codec'
  | 'no-key-frames'
  | 'too-many-sounds'
  | 'not-regular'

export type PackageOutcome =
  | {
    readonly index: PackageIndex,
    /** Numbers of the audio tracks that HLS players do not support, from 0. */
    readonly omittedTracks: readonly number[],
  }
  | { readonly rejection: PackageRejection }

/** A segment stays in memory until the next key frame. */
const MAX_SEGMENT_BYTES = 192 * 1024 ** 2
/** Codecs that HLS players support in fragmented MP4. */
const VIDEO_CODECS = ['avc', 'hevc', 'vp9', 'av1']
const AUDIO_CODECS = ['aac', 'mp3', 'ac3', 'eac3', 'opus', 'flac']
/** How much earlier than its last packet a copied track may end. */
const END_TOLERANCE_SECONDS = 0.5

class FileRejectedError extends Error {
  constructor (readonly code: PackageRejection) {
    super(code)
    this.name = 'FileRejectedError'
  }
}

/** Entry point of the worker. */
export default async function pack ({ port: messagePort, ...task }: PackageTask): Promise<PackageOutcome> {
  const port = createStoragePort(messagePort)
  const plain = await readPlainPackets(async (start, end) => {
    if (end - start > MAX_READ_BYTES) throw new Error('the file requires a read that is too large')
    return await port.read(start, end)
  }, task.sizeBytes)
  const input = openInput(
    new CustomSource({
      getSize: () => plain.sizeBytes,
      read: await readWithoutClockOverflow(plain.read, plain.sizeBytes),
      prefetchProfile: 'network',
      handleUnhandledError: () => {},
    }),
  )
  try {
    const videoTrack = await input.getPrimaryVideoTrack() ?? fail(new FileRejectedError('damaged'))
    const audioTracks = await input.getAudioTracks()
    if (audioTracks.length > MAX_AUDIO_RENDITIONS) throw new FileRejectedError('too-many-sounds')
    const numbered = await Promise.all(audioTracks.map(async (track, number) => {
      return { track, number, isSupported: AUDIO_CODECS.includes(await track.getCodec() ?? '') }
    }))
    const supported = numbered.filter(({ isSupported }) => isSupported)
    if (audioTracks.length > 0 && supported.length === 0) throw new FileRejectedError('sound-codec')
    const startSeconds = await findStartSeconds(input, [videoTrack, ...audioTracks])
    const renditions = [
      await openVideoRendition(port, videoTrack, startSeconds, task.frameRate),
      ...await Promise.all(
        supported.map(async ({ track, number }, i) =>
          await openAudioRendition(port, track, startSeconds, number, `a${i}`)
        ),
      ),
    ]
    const totalSeconds = Math.max(...renditions.map(({ endSeconds }) => endSeconds))
    await copyPackets(renditions, (seconds) => {
      port.reportProgress(Math.max(0, Math.min((seconds - startSeconds) / totalSeconds, 1)))
    })
    const [video, ...audio] = await Promise.all(renditions.map(async ({ finish }) => await finish()))
    return {
      index: {
        version: 1,
        durationMs: Math.round(totalSeconds * 1_000),
        video: video as VideoRendition,
        audio: audio as AudioRendition[],
      },
      omittedTracks: numbered.filter(({ isSupported }) => !isSupported).map(({ number }) => number),
    }
  } catch (error) {
    if (error instanceof FileRejectedError) return { rejection: error.code }
    throw error
  } finally {
    input.dispose()
    messagePort.close()
  }
}

interface OpenRendition {
  readonly packets: AsyncIterator<EncodedPacket>
  add(packet: EncodedPacket): Promise<void>
  /** End of the last packet. */
  readonly endSeconds: number
  finish(): Promise<RenditionIndex>
}

async function openVideoRendition (
  port: StoragePort,
  track: InputVideoTrack,
  startSeconds: number,
  frameRate: number | null,
): Promise<OpenRendition> {
  const codec = await track.getCodec()
  if (codec === null || !VIDEO_CODECS.includes(codec)) throw new FileRejectedError('picture-codec')
  const source = new EncodedVideoPacketSource(codec)
  const decoderConfig = await track.getDecoderConfig() ?? fail(new FileRejectedError('damaged'))
  const { output, fragments } = createOutput(port, 'v')
  output.addVideoTrack(source, { rotation: await track.getRotation() })
  await output.start()
  const properties = {
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    frameRate,
    videoRange: await readVideoRange(track),
  }
  // Fragments store parameter sets outside the frames: the sample entry is hvc1, whatever that of the source is.
  const codecName = decoderConfig.codec.replace(/^hev1/, 'hvc1')
  const moveToTimeline = (packet: EncodedPacket): EncodedPacket => moveVideoPacket(packet, startSeconds)
  return await openRendition(track, output, fragments, { startSeconds, moveToTimeline }, async (packet) => {
    await source.add(packet, { decoderConfig })
  }, (index) => ({ codec: codecName, ...index, ...properties }))
}

async function readVideoRange (track: InputVideoTrack): Promise<VideoRange> {
  const { transfer } = await track.getColorSpace()
  return transfer === 'pq' ? 'PQ' : transfer === 'hlg' ? 'HLG' : 'SDR'
}

async function openAudioRendition (
  port: StoragePort,
  track: InputAudioTrack,
  startSeconds: number,
  trackNumber: number,
  name: RenditionName,
): Promise<OpenRendition> {
  const codec = await track.getCodec()
  if (codec === null || !AUDIO_CODECS.includes(codec)) throw new FileRejectedError('sound-codec')
  const source = new EncodedAudioPacketSource(codec)
  const decoderConfig = await track.getDecoderConfig() ?? fail(new FileRejectedError('damaged'))
  const { output, fragments } = createOutput(port, name)
  output.addAudioTrack(source, { languageCode: await track.getLanguageCode() })
  await output.start()
  const trackInfo = await readAudioTrack(track)
  const moveToTimeline = (packet: EncodedPacket): EncodedPacket | null => moveAudioPacket(packet, startSeconds)
  return await openRendition(track, output, fragments, { startSeconds, moveToTimeline }, async (packet) => {
    await source.add(packet, { decoderConfig })
  }, (index) => ({ ...index, ...trackInfo, codec: decoderConfig.codec, track: trackNumber }))
}

async function openRendition<I extends RenditionIndex> (
  track: InputVideoTrack | InputAudioTrack,
  output: Output,
  fragments: Fragments,
  { startSeconds, moveToTimeline }: Timeline,
  writePacket: (packet: EncodedPacket) => Promise<void>,
  completeIndex: (index: Omit<RenditionIndex, 'codec'>) => I,
): Promise<OpenRendition> {
  const sink = new EncodedPacketSink(track)
  const last = await sink.getPacket(Infinity, { metadataOnly: true }) ?? fail(new FileRejectedError('damaged'))
  const endSeconds = last.timestamp + last.duration - startSeconds
  let firstSeconds = Infinity
  let copiedSeconds = -Infinity
  let bufferedBytes = 0
  let fragmentCount = 0
  return {
    packets: sink.packets(),
    endSeconds,
    async add (source) {
      const packet = moveToTimeline(source)
      if (packet === null) return
      firstSeconds = Math.min(firstSeconds, packet.timestamp)
      copiedSeconds = Math.max(copiedSeconds, packet.timestamp + packet.duration)
      bufferedBytes += packet.data.byteLength
      if (bufferedBytes > MAX_SEGMENT_BYTES) throw new FileRejectedError('no-key-frames')
      await rejectOnError('not-regular', async () => {
        await writePacket(packet)
      })
      if (fragments.starts.length === fragmentCount) return
      fragmentCount = fragments.starts.length
      bufferedBytes = packet.data.byteLength
    },
    async finish () {
      // The demuxer skips unreadable packets and stops silently at damage.
      if (copiedSeconds < endSeconds - END_TOLERANCE_SECONDS) throw new FileRejectedError('damaged')
      await rejectOnError('not-regular', async () => {
        await output.finalize()
      })
      const index = toIndex(
        fragments,
        copiedSeconds - firstSeconds,
        firstSeconds,
        track.type === 'video',
      )
      return completeIndex(index ?? fail(new FileRejectedError('damaged')))
    },
  }
}

/** Copies all tracks in one pass, ordered by timestamp: roughly the order in the file. */
async function copyPackets (
  renditions: readonly OpenRendition[],
  onProgress: (seconds: number) => void,
): Promise<void> {
  const queue = await Promise.all(
    renditions.map(async (rendition) => ({ rendition, packet: await readPacket(rendition) })),
  )
  for (;;) {
    const next = queue.reduce((a, b) => (b.packet?.timestamp ?? Infinity) < (a.packet?.timestamp ?? Infinity) ? b : a)
    if (next.packet === null) return
    await next.rendition.add(next.packet)
    onProgress(next.packet.timestamp)
    next.packet = await readPacket(next.rendition)
  }
}

async function readPacket ({ packets }: OpenRendition): Promise<EncodedPacket | null> {
  return await rejectOnError('damaged', async () => {
    const { value, done } = await packets.next()
    return done === true ? null : value
  })
}

/** Maps any error of the work to a rejection of the file. */
async function rejectOnError<T> (code: PackageRejection, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof FileRejectedError ? error : new FileRejectedError(code)
  }
}
