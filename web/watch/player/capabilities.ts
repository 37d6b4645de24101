// Detects the codecs and the resolution that this browser and screen can play.
import type { RequestBody } from '@shared/api/client.js'

export type ClientCapabilities = NonNullable<RequestBody<'/v1/profiles/{profileId}/playback', 'post'>['client']>

/** A 1080p profile of each codec. */
const CODECS = [
  { name: 'avc1', contentType: 'video/mp4; codecs="avc1.640028"' },
  { name: 'hvc1', contentType: 'video/mp4; codecs="hvc1.1.6.L120.90"' },
  { name: 'hev1', contentType: 'video/mp4; codecs="hev1.1.6.L120.90"' },
  { name: 'vp09', contentType: 'video/mp4; codecs="vp09.00.40.08"' },
  { name: 'av01', contentType: 'video/mp4; codecs="av01.0.08M.08"' },
] as const
const FULL_HD = { width: 1_920, height: 1_080, bitrate: 5_000_000, framerate: 30 } as const
/**
 * Common video heights. The minimum is 1080: every device can play it, and a small screen must not lose an audio
 * language that exists only in 1080p.
 */
const VIDEO_HEIGHTS = [1_080, 1_440, 2_160, 4_320] as const

/** @param maxHeight the height that the user selected; null: the height of the screen */
export async function detectCapabilities (maxHeight: number | null): Promise<ClientCapabilities> {
  return { codecs: await detectCodecs(), maxHeight: maxHeight ?? detectScreenHeight() }
}

async function detectCodecs (): Promise<string[]> {
  const names = await Promise.all(
    CODECS.map(async ({ name, contentType }) => await canPlay(contentType) ? name : null),
  )
  return names.filter((name) => name !== null)
}

async function canPlay (contentType: string): Promise<boolean> {
  if (document.createElement('video').canPlayType(contentType) === '') return false
  try {
    return (await navigator.mediaCapabilities.decodingInfo({ type: 'file', video: { contentType, ...FULL_HD } }))
      .supported
  } catch {
    // Media Capabilities is missing or rejects the type, and canPlayType returned "maybe" or "probably".
    return true
  }
}

/** Height of a 16:9 video that fills the longer side of the screen, in device pixels, rounded up to a common height. */
function detectScreenHeight (): number {
  const height = Math.max(screen.width, screen.height) * devicePixelRatio * 9 / 16
  return VIDEO_HEIGHTS.find((common) => common >= height) ?? VIDEO_HEIGHTS[VIDEO_HEIGHTS.length - 1] ?? height
}
