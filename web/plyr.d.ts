// The part of Plyr that the page uses. Plyr's own types export twice, which TypeScript cannot import; tsconfig.json names
// this file in their place.
export interface Options {
  readonly controls: readonly string[]
  readonly iconUrl: string
  readonly blankVideo: string
  /** Seconds. */
  readonly seekTime: number
  readonly keyboard: { readonly focused: boolean, readonly global: boolean }
  readonly tooltips: { readonly controls: boolean, readonly seek: boolean }
  readonly storage: { readonly enabled: boolean }
  readonly captions: { readonly active: boolean, readonly update: boolean, readonly language: string }
  readonly fullscreen: { readonly enabled: boolean, readonly iosNative: boolean, readonly container: string }
  /** WebVTT indexes of small pictures. */
  readonly previewThumbnails: { readonly enabled: boolean, readonly src: string }
}

export default class Plyr {
  constructor (media: HTMLMediaElement, options: Partial<Options>)
  /** Which text track is shown, by its place; -1 for none. */
  currentTrack: number
  /** Reads the pictures to seek by anew. */
  setPreviewThumbnails (source: { enabled: boolean, src: string }): void
  destroy (callback?: () => void): void
}
