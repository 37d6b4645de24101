// Loudness of audio by EBU R 128: how much each track of a master is amplified. Pure functions.

/** Full scale is 0. -23: EBU R 128, broadcasting; -16: phones and computers; off: as in the master. */
export const LOUDNESS_TARGETS = ['-23', '-16', 'off'] as const
export type LoudnessTarget = typeof LOUDNESS_TARGETS[number]

export interface Loudness {
  /** Integrated loudness, LUFS. */
  readonly integrated: number
  /** Highest true peak, dB relative to full scale; -Infinity for silence. */
  readonly truePeak: number
}

export interface LoudnessGain {
  /** dB */
  readonly gain: number
  /** Peaks would exceed `MAX_TRUE_PEAK`. */
  readonly needsLimiter: boolean
}

/** dB relative to full scale: encoders exceed the peaks of their input. */
export const MAX_TRUE_PEAK = -1
/** ffmpeg reports this for silence. */
const SILENCE = -70
/** Noise is not amplified into audible hiss. */
const MAX_GAIN = 20

/** @returns how a track reaches a loudness */
export function gainFor ({ integrated, truePeak }: Loudness, target: number): LoudnessGain {
  const isSilent = !Number.isFinite(integrated) || integrated <= SILENCE
  const gain = isSilent ? 0 : Math.round(Math.min(MAX_GAIN, target - integrated) * 10) / 10
  return { gain, needsLimiter: truePeak + gain > MAX_TRUE_PEAK }
}
