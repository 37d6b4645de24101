// What the player needs from a video source, whether it is adaptive or a single file.

export interface VideoSource {
  /** Heights that can be selected without a new start of playback. Empty for a single file. */
  readonly heights: readonly number[]
  /** Audio languages that can be selected without a new start of playback. */
  readonly languages: readonly string[]
  /** null: adapts to the network. */
  readonly setHeight: (height: number | null) => void
  readonly setLanguage: (language: string) => void
  readonly detach: () => void
}
