// The prompts during the recap, the intro and the credits. Pure.
import type { Playback } from '@shared/api/client.js'

export interface Prompt {
  readonly kind: 'recap' | 'intro' | 'credits'
  readonly startMs: number
  /** End of the recap or intro; for credits, the end of the item. */
  readonly endMs: number
}

/** Returns the recap, intro or credits at a position. */
export function findPrompt (markers: Playback['markers'], positionMs: number, durationMs: number): Prompt | null {
  const { recapStartMs, recapEndMs, introStartMs, introEndMs, creditsStartMs } = markers
  const ranges = [
    ['recap', recapStartMs, recapEndMs],
    ['intro', introStartMs, introEndMs],
    ['credits', creditsStartMs, durationMs],
  ] as const
  for (const [kind, startMs, endMs] of ranges) {
    if (startMs !== null && endMs !== null && positionMs >= startMs && positionMs < endMs) {
      return { kind, startMs, endMs }
    }
  }
  return null
}
