// The part of media-captions that we use: its own types name files without endings, which Node's resolution does not find.
declare module 'media-captions' {
  export interface VTTCue {
    /** Seconds. */
    readonly startTime: number
    readonly endTime: number
    readonly text: string
  }
  export function parseText (
    text: string,
    options: { type: 'vtt' | 'srt', errors: boolean, strict: boolean },
  ): Promise<{ cues: VTTCue[], errors: Error[] }>
}
