// Moves the packets of a file to the timeline of its package, which starts at 0.
import type { EncodedPacket } from 'mediabunny'

/** Audio decoders need some packets before the first audible one. */
const MAX_PRIMING_SECONDS = 0.1
/** Frames that an edit list hides are decoded within this share of their time. */
const HIDDEN_FRAME_SPEED = 250

export interface Timeline {
  /** Time of the source at which the package starts. */
  readonly startSeconds: number
  /** @returns null for a packet that is left out */
  moveToTimeline(packet: EncodedPacket): EncodedPacket | null
}

/** Hidden frames before the start are kept, because later ones depend on them, but pass almost without time. */
export function moveVideoPacket (packet: EncodedPacket, startSeconds: number): EncodedPacket {
  const timestamp = packet.timestamp - startSeconds
  if (timestamp >= 0) return startSeconds === 0 ? packet : packet.clone({ timestamp })
  const duration = packet.duration / HIDDEN_FRAME_SPEED
  return packet.clone({ timestamp: timestamp / HIDDEN_FRAME_SPEED, duration })
}

/** @returns null for a packet before the start that the decoder does not need */
export function moveAudioPacket (packet: EncodedPacket, startSeconds: number): EncodedPacket | null {
  const timestamp = packet.timestamp - startSeconds
  if (timestamp + packet.duration <= -MAX_PRIMING_SECONDS) return null
  return startSeconds === 0 ? packet : packet.clone({ timestamp })
}
