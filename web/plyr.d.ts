// The part of Plyr's API that the page uses. TypeScript cannot import Plyr's own types, because they have two exports;
// tsconfig.json maps the package to this file.
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
  /** A WebVTT file that refers to thumbnails. */
  readonly previewThumbnails: { readonly enabled: boolean, readonly src: string }
}

export default class Plyr {
  constructor (media: HTMLMediaElement, options: Partial<Options>)
  /** Index of the text track that is shown; -1 for none. */
  currentTrack: number
  /** Replaces the seek thumbnails. */
  setPreviewThumbnails (source: { enabled: boolean, src: string }): void
  destroy (callback?: () => void): void
}
