// Runs in a worker thread: copies the packets of a media file, unchanged, into fragments that HLS addresses by byte range.
// It reads and writes through a port, so that it works on any storage and holds little of the file.
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
import { describeAudio, MAX_READ_BYTES, openInput } from '../probing/media-input.js'
import {
  MAX_AUDIO_RENDITIONS,
  type AudioRendition,
  type PackageIndex,
  type RenditionIndex,
  type RenditionName,
  type Segment,
  type VideoRendition,
} from './package-index.js'
import { createStoragePort, type PackagePort } from './storage-port.js'

export interface PackageTask {
  readonly sizeBytes: number
  /** What probing found. */
  readonly frameRate: number | null
  readonly port: MessagePort
}

/** What keeps a file from being packaged. `damaged` is the file's fault, the others are those of HLS or ours. */
export type PackageRejection =
  | 'damaged'
  | 'picture-codec'
  | 'sound-codec'
  | 'no-key-frames'
  | 'too-many-sounds'
  | 'not-regular'

export type PackageOutcome = { readonly index: PackageIndex } | { readonly refusal: PackageRejection }

/** Segments of 6 s out of pictures with a key frame each second or two, of 5 s at least. */
const MIN_SEGMENT_SECONDS = 5
/** A segment is held in memory until its next key frame. */
const MAX_SEGMENT_BYTES = 192 * 1024 ** 2
/** What HLS players take in fragmented MP4. */
const PICTURE_CODECS = ['avc', 'hevc', 'vp9', 'av1']
const SOUND_CODECS = ['aac', 'mp3', 'ac3', 'eac3', 'opus', 'flac']
/** How much earlier than its last packet a track may end. */
const TOLERANCE_SECONDS = 0.5

class Refusal extends Error {
  constructor (readonly code: PackageRejection) {
    super(code)
    this.name = 'Refusal'
  }
}

export default async function pack ({ port: messages, ...task }: PackageTask): Promise<PackageOutcome> {
  const port = createStoragePort(messages)
  const input = openInput(
    new CustomSource({
      getSize: () => task.sizeBytes,
      async read (start, end) {
        if (end - start > MAX_READ_BYTES) throw new Error('a part is larger than any part should be')
        return await port.read(start, end)
      },
      prefetchProfile: 'network',
      handleUnhandledError: () => {},
    }),
  )
  try {
    const video = await input.getPrimaryVideoTrack() ?? fail(new Refusal('damaged'))
    const audio = await input.getAudioTracks()
    if (audio.length > MAX_AUDIO_RENDITIONS) throw new Refusal('too-many-sounds')
    const renditions = [
      await openPicture(port, video, task.frameRate),
      ...await Promise.all(audio.map(async (track, i) => await openSound(port, track, `a${i}`))),
    ]
    const seconds = Math.max(...renditions.map(({ endSeconds }) => endSeconds))
    await copyPackets(renditions, (reached) => {
      port.report(Math.min(reached / seconds, 1))
    })
    const [picture, ...sounds] = await Promise.all(renditions.map(async ({ finish }) => await finish()))
    return {
      index: {
        version: 1,
        durationMs: Math.round(seconds * 1_000),
        video: picture as VideoRendition,
        audio: sounds as AudioRendition[],
      },
    }
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.code }
    throw error
  } finally {
    input.dispose()
    messages.close()
  }
}

interface Rendition {
  readonly packets: AsyncIterator<EncodedPacket>
  add(packet: EncodedPacket): Promise<void>
  /** Where the last packet ends. */
  readonly endSeconds: number
  finish(): Promise<RenditionIndex>
}

async function openPicture (port: PackagePort, track: InputVideoTrack, frameRate: number | null): Promise<Rendition> {
  const codec = await track.getCodec()
  if (codec === null || !PICTURE_CODECS.includes(codec)) throw new Refusal('picture-codec')
  const source = new EncodedVideoPacketSource(codec)
  const decoderConfig = await track.getDecoderConfig() ?? fail(new Refusal('damaged'))
  const { output, fragments } = openOutput(port, 'v')
  output.addVideoTrack(source, { rotation: await track.getRotation() })
  await output.start()
  const size = { width: await track.getDisplayWidth(), height: await track.getDisplayHeight(), frameRate }
  // The fragments carry parameter sets apart from the pictures: sample entry hvc1, whatever the source's was.
  const codecName = decoderConfig.codec.replace(/^hev1/, 'hvc1')
  return await openRendition(track, output, fragments, async (packet) => {
    await source.add(packet, { decoderConfig })
  }, (index) => ({ codec: codecName, ...index, ...size }))
}

async function openSound (port: PackagePort, track: InputAudioTrack, name: RenditionName): Promise<Rendition> {
  const codec = await track.getCodec()
  if (codec === null || !SOUND_CODECS.includes(codec)) throw new Refusal('sound-codec')
  const source = new EncodedAudioPacketSource(codec)
  const decoderConfig = await track.getDecoderConfig() ?? fail(new Refusal('damaged'))
  const { output, fragments } = openOutput(port, name)
  output.addAudioTrack(source, { languageCode: await track.getLanguageCode() })
  await output.start()
  const facts = await describeAudio(track)
  return await openRendition(track, output, fragments, async (packet) => {
    await source.add(packet, { decoderConfig })
  }, (index) => ({ ...index, ...facts, codec: decoderConfig.codec }))
}

/** Where the fragments of an output begin: offset in bytes, time in seconds. */
interface Fragments {
  readonly starts: Array<{ readonly offset: number, readonly seconds: number }>
  sizeBytes: number
  /** The last four bytes, in the end those of the index that MP4 has behind its last fragment: how long that is. */
  lastWord: number
}

function openOutput (port: PackagePort, name: RenditionName): { output: Output, fragments: Fragments } {
  const fragments: Fragments = { starts: [], sizeBytes: 0, lastWord: 0 }
  const target = new StreamTarget(
    new WritableStream<StreamTargetChunk>({
      async write ({ data, position }) {
        if (position !== fragments.sizeBytes) throw new Error('fragments are written in order')
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
  write: (packet: EncodedPacket) => Promise<void>,
  describe: (index: Omit<RenditionIndex, 'codec'>) => I,
): Promise<Rendition> {
  const sink = new EncodedPacketSink(track)
  const last = await sink.getPacket(Infinity, { metadataOnly: true }) ?? fail(new Refusal('damaged'))
  const endSeconds = last.timestamp + last.duration
  let first = Infinity
  let end = -Infinity
  let heldBytes = 0
  let fragmentCount = 0
  return {
    packets: sink.packets(),
    endSeconds,
    async add (packet) {
      first = Math.min(first, packet.timestamp)
      end = Math.max(end, packet.timestamp + packet.duration)
      heldBytes += packet.data.byteLength
      if (heldBytes > MAX_SEGMENT_BYTES) throw new Refusal('no-key-frames')
      await orRefuse('not-regular', async () => {
        await write(packet)
      })
      if (fragments.starts.length === fragmentCount) return
      fragmentCount = fragments.starts.length
      heldBytes = packet.data.byteLength
    },
    async finish () {
      // Readers leave out what they cannot read, and stop where they cannot go on.
      if (end < endSeconds - TOLERANCE_SECONDS) throw new Refusal('damaged')
      await orRefuse('not-regular', async () => {
        await output.finalize()
      })
      return describe(toIndex(fragments, end - first))
    },
  }
}

/** @param seconds how long the track lasts; fragments tell their starts only, counted from that of the first */
function toIndex ({ starts, sizeBytes, lastWord }: Fragments, seconds: number): Omit<RenditionIndex, 'codec'> {
  const [first] = starts
  if (first === undefined) throw new Refusal('damaged')
  const segments = starts.map(({ offset, seconds: start }, i): Segment => {
    const next = starts[i + 1]
    return [
      Math.round(1e6 * ((next?.seconds ?? first.seconds + seconds) - start)),
      (next?.offset ?? sizeBytes - lastWord) - offset,
    ]
  })
  return { sizeBytes, initBytes: first.offset, segments }
}

/** One pass over the file: of all tracks the earliest packet is next, as it mostly lies in the file. */
async function copyPackets (renditions: readonly Rendition[], report: (seconds: number) => void): Promise<void> {
  const waiting = await Promise.all(renditions.map(async (one) => ({ one, packet: await nextPacket(one) })))
  for (;;) {
    const next = waiting.reduce((a, b) => (b.packet?.timestamp ?? Infinity) < (a.packet?.timestamp ?? Infinity) ? b : a)
    if (next.packet === null) return
    await next.one.add(next.packet)
    report(next.packet.timestamp)
    next.packet = await nextPacket(next.one)
  }
}

async function nextPacket ({ packets }: Rendition): Promise<EncodedPacket | null> {
  return await orRefuse('damaged', async () => {
    const { value, done } = await packets.next()
    return done === true ? null : value
  })
}

async function orRefuse<T> (code: PackageRejection, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(code)
  }
}
