// The library that reads and writes images.
import type { default as Sharp } from 'sharp'

/** Malformed images are rejected before they take memory. */
export const SHARP_INPUT = { limitInputPixels: 50_000_000 } as const

/** Loading takes time and memory, which a process spends when it needs the library. */
export async function loadSharp (): Promise<typeof Sharp> {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  return sharp
}
