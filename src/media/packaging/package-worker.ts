// Worker thread that copies the packets of a media file unchanged into fragments for HLS byte ranges. Reads and writes
// through a port, so that it works with any storage and holds little of the file in memory.
import type { MessagePort } from 'node:worker_threads'
import {
  CustomSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  type EncodedPacket,
  type InputAudioTrack,
  type InputVideoTrack,
  type StreamTargetChunk,
} from 'mediabunny'
import { fail } from '../../errors.js'
import { MAX_READ_BYTES, openInput, readAudioTrack } from '../probing/media-input.js'
import {
  MAX_AUDIO_RENDITIONS,
  type AudioRendition,
  type PackageIndex,
  type RenditionIndex,
  type RenditionName,
  type Segment,
  type VideoRendition,
} from './package-index.js'
import { createStoragePort, type StoragePort } from './storage-port.js'

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

export type PackageOutcome = { readonly index: PackageIndex } | { readonly rejection: PackageRejection }

/** With a key frame every 1 to 2 s, segments have about 6 s. */
const MIN_SEGMENT_SECONDS = 5
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
  const input = openInput(
    new CustomSource({
      getSize: () => task.sizeBytes,
      async read (start, end) {
        if (end - start > MAX_READ_BYTES) throw new Error('the file requires a read that is too large')
        return await port.read(start, end)
      },
      prefetchProfile: 'network',
      handleUnhandledError: () => {},
    }),
  )
  try {
    const videoTrack = await input.getPrimaryVideoTrack() ?? fail(new FileRejectedError('damaged'))
    const audioTracks = await input.getAudioTracks()
    if (audioTracks.length > MAX_AUDIO_RENDITIONS) throw new FileRejectedError('too-many-sounds')
    const renditions = [
      await openVideoRendition(port, videoTrack, task.frameRate),
      ...await Promise.all(audioTracks.map(async (track, i) => await openAudioRendition(port, track, `a${i}`))),
    ]
    const totalSeconds = Math.max(...renditions.map(({ endSeconds }) => endSeconds))
    await copyPackets(renditions, (seconds) => {
      port.reportProgress(Math.min(seconds / totalSeconds, 1))
    })
    const [video, ...audio] = await Promise.all(renditions.map(async ({ finish }) => await finish()))
    return {
      index: {
        version: 1,
        durationMs: Math.round(totalSeconds * 1_000),
        video: video as VideoRendition,
        audio: audio as AudioRendition[],
      },
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
  frameRate: number | null,
): Promise<OpenRendition> {
  const codec = await track.getCodec()
  if (codec === null || !VIDEO_CODECS.includes(codec)) throw new FileRejectedError('picture-codec')
  const source = new EncodedVideoPacketSource(codec)
  const decoderConfig = await track.getDecoderConfig() ?? fail(new FileRejectedError('damaged'))
  const { output, fragments } = createOutput(port, 'v')
  output.addVideoTrack(source, { rotation: await track.getRotation() })
  await output.start()
  const size = { width: await track.getDisplayWidth(), height: await track.getDisplayHeight(), frameRate }
  // Fragments store parameter sets outside the frames: the sample entry is hvc1, whatever that of the source is.
  const codecName = decoderConfig.codec.replace(/^hev1/, 'hvc1')
  return await openRendition(track, output, fragments, async (packet) => {
    await source.add(packet, { decoderConfig })
  }, (index) => ({ codec: codecName, ...index, ...size }))
}

async function openAudioRendition (
  port: StoragePort,
  track: InputAudioTrack,
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
  return await openRendition(track, output, fragments, async (packet) => {
    await source.add(packet, { decoderConfig })
  }, (index) => ({ ...index, ...trackInfo, codec: decoderConfig.codec }))
}

/** The fragments of an output. */
interface Fragments {
  readonly starts: Array<{ readonly offset: number, readonly seconds: number }>
  sizeBytes: number
  /** Last 4 bytes of the output: the size of the index that MP4 stores behind its last fragment. */
  lastWord: number
}

function createOutput (port: StoragePort, name: RenditionName): { output: Output, fragments: Fragments } {
  const fragments: Fragments = { starts: [], sizeBytes: 0, lastWord: 0 }
  const target = new StreamTarget(
    new WritableStream<StreamTargetChunk>({
      async write ({ data, position }) {
        if (position !== fragments.sizeBytes) throw new Error('fragments must be written in order')
        fragments.sizeBytes += data.byteLength
        if (data.byteLength >= 4) {
          fragments.lastWord = new DataView(data.buffer, data.byteOffset + data.byteLength - 4).getUint32(0)
        }
        await port.write(name, data)
      },
    }),
  )
  const format = new Mp4OutputFormat({
    fastStart: 'fragmented',
    minimumFragmentDuration: MIN_SEGMENT_SECONDS,
    onMoof: (_data, offset, seconds) => {
      fragments.starts.push({ offset, seconds })
    },
  })
  return { output: new Output({ format, target }), fragments }
}

async function openRendition<I extends RenditionIndex> (
  track: InputVideoTrack | InputAudioTrack,
  output: Output,
  fragments: Fragments,
  writePacket: (packet: EncodedPacket) => Promise<void>,
  completeIndex: (index: Omit<RenditionIndex, 'codec'>) => I,
): Promise<OpenRendition> {
  const sink = new EncodedPacketSink(track)
  const last = await sink.getPacket(Infinity, { metadataOnly: true }) ?? fail(new FileRejectedError('damaged'))
  const endSeconds = last.timestamp + last.duration
  let firstSeconds = Infinity
  let copiedSeconds = -Infinity
  let bufferedBytes = 0
  let fragmentCount = 0
  return {
    packets: sink.packets(),
    endSeconds,
    async add (packet) {
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
      return completeIndex(toIndex(fragments, copiedSeconds - firstSeconds))
    },
  }
}

/** @param seconds duration of the track: fragments have start times only, relative to the first one */
function toIndex ({ starts, sizeBytes, lastWord }: Fragments, seconds: number): Omit<RenditionIndex, 'codec'> {
  const [first] = starts
  if (first === undefined) throw new FileRejectedError('damaged')
  const segments = starts.map(({ offset, seconds: start }, i): Segment => {
    const next = starts[i + 1]
    return [
      Math.round(1e6 * ((next?.seconds ?? first.seconds + seconds) - start)),
      (next?.offset ?? sizeBytes - lastWord) - offset,
    ]
  })
  return { sizeBytes, initBytes: first.offset, segments }
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
