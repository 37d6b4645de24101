// The keyboard map of the player. Pure.

export type Command =
  | { readonly kind: 'toggle-play' | 'toggle-fullscreen' | 'toggle-mute' | 'toggle-subtitles' | 'toggle-pip' }
  | { readonly kind: 'next' | 'previous' | 'help' | 'leave' }
  | { readonly kind: 'seek-by', readonly seconds: number }
  /** @property share of the duration, 0 to 1 */
  | { readonly kind: 'seek-to', readonly share: number }
  | { readonly kind: 'change-volume', readonly by: number }
  | { readonly kind: 'change-speed', readonly by: 1 | -1 }

export type CommandKind = Command['kind']

const COMMANDS: Readonly<Record<string, Command>> = {
  ' ': { kind: 'toggle-play' },
  k: { kind: 'toggle-play' },
  j: { kind: 'seek-by', seconds: -10 },
  l: { kind: 'seek-by', seconds: 10 },
  ArrowLeft: { kind: 'seek-by', seconds: -5 },
  ArrowRight: { kind: 'seek-by', seconds: 5 },
  ArrowUp: { kind: 'change-volume', by: 0.05 },
  ArrowDown: { kind: 'change-volume', by: -0.05 },
  Home: { kind: 'seek-to', share: 0 },
  m: { kind: 'toggle-mute' },
  f: { kind: 'toggle-fullscreen' },
  c: { kind: 'toggle-subtitles' },
  i: { kind: 'toggle-pip' },
  n: { kind: 'next' },
  p: { kind: 'previous' },
  '<': { kind: 'change-speed', by: -1 },
  '>': { kind: 'change-speed', by: 1 },
  '?': { kind: 'help' },
  Escape: { kind: 'leave' },
}

/** The rows of the help sheet: the keys, and the message that describes them. */
export const HELP_ROWS = [
  { keys: ['Space', 'K'], name: 'togglePlay' },
  { keys: ['J', 'L'], name: 'seekTen' },
  { keys: ['←', '→'], name: 'seekFive' },
  { keys: ['0', '–', '9'], name: 'seekShare' },
  { keys: ['↑', '↓'], name: 'changeVolume' },
  { keys: ['M'], name: 'toggleMute' },
  { keys: ['C'], name: 'toggleSubtitles' },
  { keys: ['<', '>'], name: 'changeSpeed' },
  { keys: ['N', 'P'], name: 'changeEpisode' },
  { keys: ['F'], name: 'toggleFullscreen' },
  { keys: ['I'], name: 'togglePip' },
  { keys: ['?'], name: 'help' },
  { keys: ['Esc'], name: 'leave' },
] as const

interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

/** What has the focus when a key is pressed. */
export type FocusKind = 'button' | 'volume' | 'position' | 'other'

/** Keys that a focused control uses itself. */
const OWN_KEYS: Readonly<Record<FocusKind, readonly string[]>> = {
  button: [' '],
  volume: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home'],
  position: ['ArrowUp', 'ArrowDown', 'Home'],
  other: [],
}

/** Returns the command of a key; null if the focused control or the browser uses it. */
export function findCommand ({ key, ctrlKey, altKey, metaKey }: Key, focus: FocusKind): Command | null {
  if (ctrlKey || altKey || metaKey || OWN_KEYS[focus].includes(key)) return null
  if (/^[0-9]$/.test(key)) return { kind: 'seek-to', share: Number(key) / 10 }
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key] ?? null
}
