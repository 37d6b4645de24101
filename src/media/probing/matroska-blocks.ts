// Reads the blocks of subtitle tracks in Matroska and WebM files: at the positions in the index, or by a scan of all
// clusters that skips the contents of other tracks.
import { listElements, MAX_HEADER_BYTES, parseElement, type Element } from './matroska-elements.js'
import { readSize } from './matroska-segment.js'
import type { SubtitleSample } from './subtitle-samples.js'
import { MAX_SAMPLE_BYTES, type ExtractionBudget } from './subtitle-track.js'
import { createWindowReader, mapConcurrently } from './window-reader.js'
import type { ReadRange } from './transport-clock.js'

/** An entry of the index. */
export interface BlockPosition {
  readonly track: number
  /** Position of the cluster in the file. */
  readonly cluster: number
  /** Position of the block in the contents of the cluster. */
  readonly offset: number
}

export interface MatroskaBlock extends SubtitleSample {
  readonly track: number
}

export interface BlockSource {
  readonly read: ReadRange
  readonly sizeBytes: number
  /** Numbers of the subtitle tracks. */
  readonly tracks: ReadonlySet<number>
  /** Unit of the timestamps, ms. */
  readonly scale: number
  readonly budget: ExtractionBudget
}

const [CLUSTER_ID, TIMESTAMP_ID, SIMPLE_BLOCK_ID, BLOCK_GROUP_ID] = [0x1f43b675, 0xe7, 0xa3, 0xa0]
const [BLOCK_ID, DURATION_ID, ADDITIONS_ID, MORE_ID, ADDITIONAL_ID] = [0xa1, 0x9b, 0x75a1, 0xa6, 0xa5]
const LACING_FLAGS = 0x06
/** Track number, relative time and flags of a block. */
const MAX_BLOCK_HEADER_BYTES = 40
/** Contains the timestamp of a cluster. */
const CLUSTER_HEAD_BYTES = 64
/** Contains most subtitle blocks. */
const EXPECTED_BLOCK_BYTES = 1_024
const CONCURRENT_READS = 16

/** @param positions null: scan the clusters from `firstCluster` */
export async function readMatroskaBlocks (
  source: BlockSource,
  positions: readonly BlockPosition[] | null,
  firstCluster: number,
): Promise<MatroskaBlock[]> {
  return positions === null ? await scanClusters(source, firstCluster) : await readIndexed(source, positions)
}

async function readIndexed (source: BlockSource, positions: readonly BlockPosition[]): Promise<MatroskaBlock[]> {
  const { read, sizeBytes, budget } = source
  const clusters = new Map<number, BlockPosition[]>()
  for (const position of positions) {
    const inCluster = clusters.get(position.cluster)
    if (inCluster === undefined) clusters.set(position.cluster, [position])
    else inCluster.push(position)
  }
  const blocks = await mapConcurrently([...clusters], CONCURRENT_READS, async ([start, inCluster]) => {
    budget.checkTime()
    const head = await read(start, Math.min(start + CLUSTER_HEAD_BYTES, sizeBytes))
    const cluster = parseElement(head, 0, start)
    if (cluster?.id !== CLUSTER_ID) return []
    const time = readClusterTime(head.subarray(cluster.start - start))
    const found: Array<MatroskaBlock | null> = []
    for (const { offset } of inCluster) {
      const at = cluster.start + offset
      if (at >= sizeBytes) continue
      const bytes = await read(at, Math.min(at + EXPECTED_BLOCK_BYTES, sizeBytes))
      found.push(await readBlock(source, bytes, at, time))
    }
    return found.filter((block) => block !== null)
  })
  return blocks.flat()
}

function readClusterTime (contents: Uint8Array): number {
  for (let at = 0; at < contents.length;) {
    const element = parseElement(contents, at, 0)
    if (element === null) return 0
    if (element.id === TIMESTAMP_ID) return readInteger(contents.subarray(element.start, element.end))
    at = element.end
  }
  return 0
}

function readInteger (bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0)
}

/** Reads all headers in clusters in the order of the file. */
async function scanClusters (source: BlockSource, firstCluster: number): Promise<MatroskaBlock[]> {
  const { sizeBytes, budget } = source
  const windows = createWindowReader(source.read, sizeBytes)
  const blocks: MatroskaBlock[] = []
  let time = 0
  for (let at = firstCluster; at < sizeBytes;) {
    budget.checkTime()
    const bytes = await windows.read(at, MAX_HEADER_BYTES + MAX_BLOCK_HEADER_BYTES)
    const element = parseElement(bytes, 0, at)
    if (element === null) break
    if (element.id === CLUSTER_ID) {
      at = element.start
      continue
    }
    if (element.end === Infinity) break
    if (element.id === TIMESTAMP_ID) time = readInteger(bytes.subarray(element.start - at, element.end - at))
    if (isWantedBlock(source, element, bytes, at)) {
      const length = Math.min(element.end - at, MAX_SAMPLE_BYTES)
      const block = await readBlock(source, await windows.read(at, length), at, time)
      if (block !== null) blocks.push(block)
    }
    at = element.end
  }
  return blocks
}

/** The block is the first element of a block group. */
function isWantedBlock ({ tracks }: BlockSource, element: Element, bytes: Uint8Array, at: number): boolean {
  const contents = bytes.subarray(element.start - at)
  if (element.id === SIMPLE_BLOCK_ID) return tracks.has(readSize(contents, 0)?.value ?? 0)
  if (element.id !== BLOCK_GROUP_ID) return false
  const first = parseElement(contents, 0, 0)
  if (first === null) return false
  return first.id !== BLOCK_ID || tracks.has(readSize(contents, first.start)?.value ?? 0)
}

/** @param bytes start of the element, at `at` in the file */
async function readBlock (
  { read, sizeBytes, tracks, scale, budget }: BlockSource,
  bytes: Uint8Array,
  at: number,
  clusterTime: number,
): Promise<MatroskaBlock | null> {
  const element = parseElement(bytes, 0, at)
  if (element === null || element.end > sizeBytes || element.end - at > MAX_SAMPLE_BYTES) return null
  const whole = element.end - at > bytes.length ? await read(at, element.end) : bytes
  const contents = whole.subarray(element.start - at, element.end - at)
  const group = element.id === BLOCK_GROUP_ID ? new Map(listElements(contents).map((e) => [e.id, e.bytes])) : null
  const block = group === null ? contents : group.get(BLOCK_ID)
  if (block === undefined || (group === null && element.id !== SIMPLE_BLOCK_ID)) return null
  const track = readSize(block, 0)
  if (track === null || !tracks.has(track.value) || block.length < track.end + 3) return null
  if (((block[track.end + 2] ?? 0) & LACING_FLAGS) !== 0) return null
  budget.countSample(block.length)
  const relative = new DataView(block.buffer, block.byteOffset + track.end, 2).getInt16(0)
  const startMs = (clusterTime + relative) * scale
  const duration = group?.get(DURATION_ID)
  return {
    track: track.value,
    startMs,
    endMs: duration === undefined ? null : startMs + readInteger(duration) * scale,
    // A copy: the rest of a window is not retained.
    payload: block.slice(track.end + 3),
    additions: readAdditions(group?.get(ADDITIONS_ID)),
  }
}

function readAdditions (additions: Uint8Array | undefined): Uint8Array | null {
  const more = listElements(additions ?? new Uint8Array()).find(({ id }) => id === MORE_ID)
  return listElements(more?.bytes ?? new Uint8Array()).find(({ id }) => id === ADDITIONAL_ID)?.bytes.slice() ?? null
}
