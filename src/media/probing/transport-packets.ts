// Reads transport streams whose packets have additional bytes: an arrival time before each on Blu-ray discs and in
// AVCHD (192 bytes), or an error correction behind it (204 bytes). Readers see packets of 188 bytes.
import type { ReadRange } from './transport-clock.js'

const PACKET_BYTES = 188
const SYNC_BYTE = 0x47
const CHECKED_PACKETS = 3

interface PacketLayout {
  /** Distance of two packets. */
  readonly strideBytes: number
  /** Bytes before the packet. */
  readonly prefixBytes: number
}

const LAYOUTS: readonly PacketLayout[] = [
  { strideBytes: PACKET_BYTES, prefixBytes: 0 },
  { strideBytes: 192, prefixBytes: 4 },
  { strideBytes: 204, prefixBytes: 0 },
]

/**
 * Detects a transport stream by the sync bytes of its first packets.
 * @param head first 564 bytes of a file, or the whole file if it is smaller
 */
export function detectPacketLayout (head: Uint8Array): PacketLayout | null {
  if (head.length <= PACKET_BYTES) return null
  return LAYOUTS.find(({ strideBytes, prefixBytes }) =>
    Array.from({ length: CHECKED_PACKETS }, (_, packet) => packet * strideBytes + prefixBytes)
      .every((at, packet) => (head[at] ?? (packet === 0 ? 0 : SYNC_BYTE)) === SYNC_BYTE)
  ) ?? null
}

export interface PacketInput {
  readonly read: ReadRange
  readonly sizeBytes: number
}

/** Returns the input without additional bytes. Other files are read unchanged. */
export async function readPlainPackets (read: ReadRange, sizeBytes: number): Promise<PacketInput> {
  const layout = detectPacketLayout(await read(0, Math.min(CHECKED_PACKETS * PACKET_BYTES, sizeBytes)))
  if (layout === null || layout.strideBytes === PACKET_BYTES) return { read, sizeBytes }
  const { strideBytes, prefixBytes } = layout
  const packets = Math.floor((sizeBytes - prefixBytes - PACKET_BYTES) / strideBytes) + 1
  return {
    sizeBytes: packets * PACKET_BYTES,
    async read (start, end) {
      const [first, last] = [Math.floor(start / PACKET_BYTES), Math.ceil(end / PACKET_BYTES)]
      const stored = await read(first * strideBytes, Math.min(last * strideBytes, sizeBytes))
      const plain = new Uint8Array((last - first) * PACKET_BYTES)
      for (let packet = 0; packet < last - first; packet++) {
        const at = packet * strideBytes + prefixBytes
        plain.set(stored.subarray(at, at + PACKET_BYTES), packet * PACKET_BYTES)
      }
      return plain.subarray(start - first * PACKET_BYTES, end - first * PACKET_BYTES)
    },
  }
}
