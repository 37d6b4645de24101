// What the player remembers in this browser: the volume and the look of the subtitles.
import { useSyncExternalStore } from 'react'

export const SUBTITLE_SIZES = ['small', 'medium', 'large', 'largest'] as const
export const SUBTITLE_COLOURS = ['white', 'yellow', 'cyan', 'green'] as const
export const SUBTITLE_BACKGROUNDS = ['none', 'shadow', 'translucent', 'solid'] as const

export interface SubtitleStyle {
  readonly size: typeof SUBTITLE_SIZES[number]
  readonly colour: typeof SUBTITLE_COLOURS[number]
  readonly background: typeof SUBTITLE_BACKGROUNDS[number]
}
export interface Preferences {
  /** 0 to 1. */
  readonly volume: number
  readonly isMuted: boolean
  /** Playback speed; a new visit starts at 1. */
  readonly rate: number
  readonly subtitles: SubtitleStyle
}

const KEY = 'normflix.player'
const DEFAULTS: Preferences = {
  volume: 1,
  isMuted: false,
  rate: 1,
  subtitles: { size: 'medium', colour: 'white', background: 'translucent' },
}

function load (): Preferences {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
    return { ...DEFAULTS, ...stored, rate: 1, subtitles: { ...DEFAULTS.subtitles, ...stored.subtitles } }
  } catch {
    return DEFAULTS
  }
}

let preferences = load()
const listeners = new Set<() => void>()

export function readPreferences (): Preferences {
  return preferences
}

export function setPreferences (change: Partial<Preferences>): void {
  preferences = { ...preferences, ...change }
  localStorage.setItem(KEY, JSON.stringify(preferences))
  for (const listener of listeners) listener()
}

function subscribe (listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function usePreferences (): Preferences {
  return useSyncExternalStore(subscribe, readPreferences)
}
