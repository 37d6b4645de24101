// The output of one track: an MP4 file of fragments, written through the port of the worker.
import { Mp4OutputFormat, Output, StreamTarget, type StreamTargetChunk } from 'mediabunny'
import type { RenditionIndex, RenditionName, Segment } from './package-index.js'
import type { StoragePort } from './storage-port.js'

/** With a key frame every 1 to 2 s, segments have about 6 s. */
const MIN_SEGMENT_SECONDS = 5

/** The fragments of an output. */
export interface Fragments {
  readonly starts: Array<{ readonly offset: number, readonly seconds: number }>
  sizeBytes: number
  /** Last 4 bytes of the output: the size of the index that MP4 stores behind its last fragment. */
  lastWord: number
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
    onMoof: (_data, offset, seconds) => {
      fragments.starts.push({ offset, seconds })
    },
  })
  return { output: new Output({ format, target }), fragments }
}

/**
 * Lists the segments. Returns null if there is none.
 * @param seconds duration of the track: fragments have start times only, relative to the first one
 * @param hiddenSeconds negative time of the first packet, which the first segment does not count
 */
export function toIndex (
  { starts, sizeBytes, lastWord }: Fragments,
  seconds: number,
  hiddenSeconds: number,
): Omit<RenditionIndex, 'codec'> | null {
  const [first] = starts
  if (first === undefined) return null
  const segments = starts.map(({ offset, seconds: start }, i): Segment => {
    const next = starts[i + 1]
    return [
      Math.round(1e6 * ((next?.seconds ?? first.seconds + seconds) - start + (i === 0 ? hiddenSeconds : 0))),
      (next?.offset ?? sizeBytes - lastWord) - offset,
    ]
  })
  return { sizeBytes, initBytes: first.offset, segments }
}
