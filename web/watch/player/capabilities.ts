// What this browser and this screen can play, as the API wants to know it.
import type { BodyOf } from '../api/client.js'

export type Client = NonNullable<BodyOf<'/v1/profiles/{profileId}/playback', 'post'>['client']>

/** A full HD picture of each codec. */
const CODECS = [
  { name: 'avc1', contentType: 'video/mp4; codecs="avc1.640028"' },
  { name: 'hvc1', contentType: 'video/mp4; codecs="hvc1.1.6.L120.90"' },
  { name: 'vp09', contentType: 'video/mp4; codecs="vp09.00.40.08"' },
  { name: 'av01', contentType: 'video/mp4; codecs="av01.0.08M.08"' },
] as const
const FULL_HD = { width: 1_920, height: 1_080, bitrate: 5_000_000, framerate: 30 } as const
/**
 * Heights that films come in. Every device plays full HD, so that nothing less is asked for: a language that exists in full
 * HD alone must not be lost on a small screen.
 */
const LADDER = [1_080, 1_440, 2_160, 4_320] as const

/** @param maxHeight what the viewer chose; the screen's own when null */
export async function clientAbilities (maxHeight: number | null): Promise<Client> {
  return { codecs: await playableCodecs(), maxHeight: maxHeight ?? screenHeight() }
}

async function playableCodecs (): Promise<string[]> {
  const answers = await Promise.all(
    CODECS.map(async ({ name, contentType }) => await canPlay(contentType) ? name : null),
  )
  return answers.filter((name) => name !== null)
}

async function canPlay (contentType: string): Promise<boolean> {
  if (document.createElement('video').canPlayType(contentType) === '') return false
  try {
    return (await navigator.mediaCapabilities.decodingInfo({ type: 'file', video: { contentType, ...FULL_HD } }))
      .supported
  } catch {
    // Not there, or not for this type: the plain question was answered with maybe.
    return true
  }
}

/** The lines of a 16:9 picture that fills the screen the long way, in real pixels, rounded up to a height that films have. */
function screenHeight (): number {
  const lines = Math.max(screen.width, screen.height) * devicePixelRatio * 9 / 16
  return LADDER.find((height) => height >= lines) ?? LADDER[LADDER.length - 1] ?? lines
}
