// Transport streams count time in 33 bits, which overflow after 26.5 hours. The clock of a recording that contains the
// overflow is shifted while it is read, so that it counts on.

/** Reads a range of a file; `end` is exclusive. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>

const PACKET_BYTES = 188
const SYNC_BYTE = 0x47
/** Searched for timestamps at both ends of the file. */
const SEARCHED_BYTES = PACKET_BYTES * 8_192
const CLOCK_PERIOD = 2 ** 33
/** Time before the first timestamp: those of other tracks may be earlier. */
const MARGIN = 60 * 90_000

/** Returns a reader of the file whose timestamps do not overflow. Other files are read unchanged. */
export async function readWithoutClockOverflow (read: ReadRange, sizeBytes: number): Promise<ReadRange> {
  const head = await read(0, Math.min(SEARCHED_BYTES, sizeBytes))
  if (![0, 1, 2].every((packet) => head[packet * PACKET_BYTES] === SYNC_BYTE)) return read
  const tailStart = Math.max(0, alignDown(sizeBytes - SEARCHED_BYTES))
  const [first] = timestampsOf(head)
  const last = timestampsOf(await read(tailStart, sizeBytes)).at(-1)
  if (first === undefined || last === undefined || last > first - MARGIN) return read
  const shift = CLOCK_PERIOD - first + MARGIN
  return async (start, end) => {
    const [from, to] = [alignDown(start), Math.min(sizeBytes, alignDown(end + PACKET_BYTES - 1))]
    const bytes = Uint8Array.from(await read(from, to))
    for (const position of timestampPositions(bytes)) {
      writeTimestamp(bytes, position, (readTimestamp(bytes, position) + shift) % CLOCK_PERIOD)
    }
    return bytes.subarray(start - from, end - from)
  }
}

function alignDown (position: number): number {
  return position - position % PACKET_BYTES
}

function timestampsOf (packets: Uint8Array): number[] {
  return [...timestampPositions(packets)].map((position) => readTimestamp(packets, position))
}

/** Positions of the timestamps in the headers of audio and video packets (ISO/IEC 13818-1, 2.4.3.6). */
function* timestampPositions (packets: Uint8Array): Generator<number> {
  for (let start = 0; start + PACKET_BYTES <= packets.length; start += PACKET_BYTES) {
    const [sync, flags = 0, , control = 0, adaptationBytes = 0] = packets.subarray(start, start + 5)
    const [startsUnit, hasPayload, hasAdaptation] = [flags & 0x40, control & 0x10, control & 0x20]
    if (sync !== SYNC_BYTE || startsUnit === 0 || hasPayload === 0) continue
    const header = start + 4 + (hasAdaptation === 0 ? 0 : 1 + adaptationBytes)
    const unitEnd = start + PACKET_BYTES
    const isUnit = packets[header] === 0 && packets[header + 1] === 0 && packets[header + 2] === 1 &&
      (packets[header + 3] ?? 0) >= 0xbd && header + 19 <= unitEnd
    if (!isUnit) continue
    const kinds = (packets[header + 7] ?? 0) >> 6
    if (kinds >= 2) yield header + 9
    if (kinds === 3) yield header + 14
  }
}

/** A timestamp has 33 bits in 5 bytes: 3, 15 and 15 bits, each followed by a marker bit. */
function readTimestamp (bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5)
  return ((a >> 1) & 7) * 2 ** 30 + (b << 22) + ((c >> 1) << 15) + (d << 7) + (e >> 1)
}

function writeTimestamp (bytes: Uint8Array, at: number, value: number): void {
  const low = value % 2 ** 30
  bytes[at] = ((bytes[at] ?? 0) & 0xf1) | (Math.floor(value / 2 ** 30) << 1)
  bytes[at + 1] = low >> 22
  bytes[at + 2] = ((low >> 14) & 0xfe) | 1
  bytes[at + 3] = low >> 7
  bytes[at + 4] = ((low << 1) & 0xfe) | 1
}
