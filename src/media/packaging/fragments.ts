// The output of one track: an MP4 file of fragments, written through the port of the worker.
import { Mp4OutputFormat, Output, StreamTarget, type StreamTargetChunk } from 'mediabunny'
import type { RenditionIndex, RenditionName, Segment } from './package-index.js'
import type { StoragePort } from './storage-port.js'

/** With a key frame every 1 to 2 s, segments have about 6 s. */
const MIN_SEGMENT_SECONDS = 5

/** The fragments of an output. */
export interface Fragments {
  readonly starts: Array<{ readonly offset: number, readonly seconds: number, readonly firstSample: FirstSample }>
  sizeBytes: number
  /** Last 4 bytes of the output: the size of the index that MP4 stores behind its last fragment. */
  lastWord: number
}

/** Where the first frame of a fragment is. */
interface FirstSample {
  /** From the start of the fragment, bytes. */
  readonly offset: number
  /** Null: all frames of the fragment have the same size. */
  readonly sizeBytes: number | null
  readonly sampleCount: number
}

export function createOutput (port: StoragePort, name: RenditionName): { output: Output, fragments: Fragments } {
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
    onMoof: (data, offset, seconds) => {
      fragments.starts.push({ offset, seconds, firstSample: readFirstSample(data) })
    },
  })
  return { output: new Output({ format, target }), fragments }
}

/** Reads the first sample of a `moof` box with one track (ISO 14496-12 §8.8.8). */
function readFirstSample (moof: Uint8Array): FirstSample {
  const bytes = Buffer.from(moof.buffer, moof.byteOffset, moof.byteLength)
  // Behind the type: version and flags, sample count, data offset, optional fields.
  const at = bytes.indexOf('trun') + 4
  const flags = bytes.readUInt32BE(at) & 0xff_ffff
  const sizeAt = at + 12 + ((flags & 0x4) === 0 ? 0 : 4) + ((flags & 0x100) === 0 ? 0 : 4)
  return {
    offset: bytes.readUInt32BE(at + 8),
    sizeBytes: (flags & 0x200) === 0 ? null : bytes.readUInt32BE(sizeAt),
    sampleCount: bytes.readUInt32BE(at + 4),
  }
}

/**
 * Lists the segments. Returns null if there is none.
 * @param seconds duration of the track: fragments have start times only, relative to the first one
 * @param firstSeconds time of the first packet; the first segment does not count time before 0
 * @param hasKeyFrames true for a video: each segment states the bytes up to the end of its key frame
 */
export function toIndex (
  { starts, sizeBytes, lastWord }: Fragments,
  seconds: number,
  firstSeconds: number,
  hasKeyFrames: boolean,
): Omit<RenditionIndex, 'codec'> | null {
  const [first] = starts
  if (first === undefined) return null
  const hiddenSeconds = Math.min(0, firstSeconds)
  const startUs = Math.round(Math.max(0, firstSeconds) * 1e6)
  const segments = starts.map(({ offset, seconds: start, firstSample }, i): Segment => {
    const next = starts[i + 1]
    const durationUs = Math.round(
      1e6 * ((next?.seconds ?? first.seconds + seconds) - start + (i === 0 ? hiddenSeconds : 0)),
    )
    const segmentBytes = (next?.offset ?? sizeBytes - lastWord) - offset
    if (!hasKeyFrames) return [durationUs, segmentBytes]
    const { offset: dataOffset, sizeBytes: frameBytes, sampleCount } = firstSample
    return [durationUs, segmentBytes, dataOffset + (frameBytes ?? (segmentBytes - dataOffset) / sampleCount)]
  })
  return { sizeBytes, initBytes: first.offset, segments, ...(startUs === 0 ? {} : { startUs }) }
}
