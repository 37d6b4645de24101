// The parts of media-captions that the service uses. Its own types import files without extensions, which Node's module
// resolution does not find.
declare module 'media-captions' {
  export interface VTTCue {
    /** Seconds. */
    readonly startTime: number
    /** Seconds. */
    readonly endTime: number
    readonly text: string
  }
  export function parseText (
    text: string,
    options: { type: 'vtt' | 'srt', errors: boolean, strict: boolean },
  ): Promise<{ cues: VTTCue[], errors: Error[] }>
}
