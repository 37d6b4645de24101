// Reads the samples of subtitle tracks in MP4 and MOV files, fragmented or not. The library reads the sample tables;
// it gets the boxes of these tracks only, because the tables of a long movie would take much memory.
import { createFile, MP4BoxBuffer, type ISOFile, type Sample } from 'mp4box'
import { readBoxHeader, type BoxRange } from './mp4-boxes.js'
import type { SubtitleSample } from './subtitle-samples.js'
import { ExtractionLimitError, MAX_SAMPLE_BYTES, type ExtractionBudget } from './subtitle-track.js'
import type { ReadRange } from './transport-clock.js'
import { createWindowReader, mapConcurrently } from './window-reader.js'

export interface SampleSource {
  readonly read: ReadRange
  readonly sizeBytes: number
  /** The movie box. */
  readonly movie: BoxRange
  /** IDs of the tracks to read. */
  readonly tracks: readonly number[]
  readonly budget: ExtractionBudget
}

const MAX_MOVIE_BYTES = 64 * 1024 ** 2
const MAX_FRAGMENT_BYTES = 4 * 1024 ** 2
/** Neighbouring samples are read at once if the bytes between them are fewer. */
const MAX_GAP_BYTES = 64 * 1024
const MAX_SPAN_BYTES = 1024 ** 2
const CONCURRENT_READS = 16
const LARGE_HEADER_BYTES = 16

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const typeOf = (bytes: Uint8Array, at: number): string => Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1')

/** Reads the samples by track ID. */
export async function readMp4Samples (source: SampleSource): Promise<Map<number, SubtitleSample[]>> {
  const { movie, tracks, read } = source
  if (movie.end - movie.start > MAX_MOVIE_BYTES) throw new ExtractionLimitError()
  const file = createFile(false)
  const failures: Error[] = []
  file.onError = (module, message) => {
    failures.push(new Error(`${module}: ${message}`))
  }
  const append = createAppender(file)
  const movieBytes = Uint8Array.from(await read(movie.start, movie.end))
  const isFragmented = hideOtherTracks(movieBytes, 'trak', tracks)
  append(movieBytes, movie.start)
  if (isFragmented) await appendFragments(source, append)
  const [failure] = failures
  if (failure !== undefined) throw failure
  const samples = new Map<number, SubtitleSample[]>()
  for (const id of tracks) samples.set(id, await readTrackSamples(source, file, id))
  return samples
}

type Append = (bytes: Uint8Array<ArrayBuffer>, start: number) => void

/** What lies between the boxes is presented as the header of a media data box, which the library skips. */
function createAppender (file: ISOFile): Append {
  let end = 0
  return (bytes, start) => {
    if (start >= end + LARGE_HEADER_BYTES) {
      const header = new Uint8Array(LARGE_HEADER_BYTES)
      header.set([0, 0, 0, 1, ...Buffer.from('mdat')])
      viewOf(header).setBigUint64(8, BigInt(start - end))
      file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(header.buffer, end))
    } else if (start > end) {
      const header = new Uint8Array(start - end)
      header.set([0, 0, 0, start - end, ...Buffer.from('free')].slice(0, start - end))
      file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(header.buffer, end))
    }
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(bytes.buffer, start))
    end = start + bytes.length
  }
}

/**
 * Renames the boxes of other tracks to `free`, so that positions stay.
 * @param bytes a movie or fragment box
 * @returns true if the movie has fragments
 */
function hideOtherTracks (bytes: Uint8Array, type: 'trak' | 'traf', tracks: readonly number[]): boolean {
  let isFragmented = false
  for (let at = 8; at + 16 <= bytes.length;) {
    const size = viewOf(bytes).getUint32(at)
    if (size < 8 || at + size > bytes.length) break
    if (typeOf(bytes, at) === 'mvex') isFragmented = true
    if (typeOf(bytes, at) === type && !tracks.includes(trackIdOf(bytes.subarray(at, at + size)))) {
      bytes.set(Buffer.from('free'), at + 4)
    }
    at += size
  }
  return isFragmented
}

/** The ID in the header of a track, or of its part in a fragment, which is its first box. */
function trackIdOf (track: Uint8Array): number {
  const type = typeOf(track, 8)
  const at = type === 'tfhd' ? 20 : track[16] === 1 ? 36 : 28
  return (type === 'tfhd' || type === 'tkhd') && track.length >= at + 4 ? viewOf(track).getUint32(at) : 0
}

async function appendFragments (
  { read, sizeBytes, movie, tracks, budget }: SampleSource,
  append: Append,
): Promise<void> {
  const windows = createWindowReader(read, sizeBytes)
  const readWindow: ReadRange = async (start, end) => await windows.read(start, end - start)
  for (let at = movie.end; at + 8 <= sizeBytes;) {
    budget.checkTime()
    const box = await readBoxHeader(readWindow, at, sizeBytes)
    if (box === null) return
    if (box.type === 'moof' && box.size <= MAX_FRAGMENT_BYTES && at + box.size <= sizeBytes) {
      const bytes = Uint8Array.from(await readWindow(at, at + box.size))
      hideOtherTracks(bytes, 'traf', tracks)
      append(bytes, at)
    }
    at += box.size
  }
}

async function readTrackSamples (source: SampleSource, file: ISOFile, id: number): Promise<SubtitleSample[]> {
  const samples = file.getTrackSamplesInfo(id)
    .filter(({ size, offset }) => size > 0 && size <= MAX_SAMPLE_BYTES && offset + size <= source.sizeBytes)
  const offsetMs = editOffsetMs(file, id)
  const spans = await mapConcurrently(joinNeighbours(samples), CONCURRENT_READS, async (span) => {
    const first = span[0]?.offset ?? 0
    const bytes = await source.read(first, Math.max(...span.map(({ offset, size }) => offset + size)))
    return span.map((sample) => {
      source.budget.countSample(sample.size)
      const { offset, size, cts, duration, timescale } = sample
      const startMs = cts * 1_000 / timescale + offsetMs
      return {
        startMs,
        endMs: startMs + duration * 1_000 / timescale,
        payload: bytes.slice(offset - first, offset - first + size),
        additions: null,
      }
    })
  })
  return spans.flat()
}

function joinNeighbours (samples: readonly Sample[]): Sample[][] {
  const spans: Sample[][] = []
  let [start, end] = [0, -Infinity]
  for (const sample of [...samples].sort((a, b) => a.offset - b.offset)) {
    const sampleEnd = sample.offset + sample.size
    const isNear = sample.offset - end <= MAX_GAP_BYTES && sampleEnd - start <= MAX_SPAN_BYTES
    if (isNear) spans.at(-1)?.push(sample)
    else {
      spans.push([sample])
      start = sample.offset
    }
    end = Math.max(isNear ? end : 0, sampleEnd)
  }
  return spans
}

/** An edit list delays a track by empty edits, or starts it in the middle. */
function editOffsetMs (file: ISOFile, id: number): number {
  const trak = file.getTrackById(id)
  let delayMs = 0
  for (const { segment_duration: duration, media_time: mediaTime } of trak?.edts?.elst?.entries ?? []) {
    if (mediaTime >= 0) return delayMs - mediaTime * 1_000 / trak.mdia.mdhd.timescale
    delayMs += duration * 1_000 / file.moov.mvhd.timescale
  }
  return delayMs
}
