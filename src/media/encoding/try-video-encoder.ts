// Tries the configured video encoder: ffmpeg may lack it, or the machine its hardware.
import { tmpdir } from 'node:os'
import type { EncodingSettings } from './ffmpeg-arguments.js'
import { ProgramStoppedError, type ProgramResult } from './run-program.js'
import { videoEncoderOptions } from './video-encoders.js'

const TIMEOUT_MS = 10_000
const RUNG = { width: 320, pictureHeight: 240, height: 240, quality: 24, maxKbps: 400 }
const DURATION_MS = 200

interface TrialOptions {
  readonly folder: string
  /** ms */
  readonly durationMs: number
  readonly signal: AbortSignal
}

/**
 * Encodes some black pictures.
 * @param encode runs ffmpeg, as `Encoder.encode` does
 * @returns what does not work and what to do about it; null when the video encoder works
 * @throws EncoderUnavailableError without ffmpeg; ProgramStoppedError when the encoder was closed
 */
export async function tryVideoEncoder (
  encode: (args: readonly string[], options: TrialOptions) => Promise<ProgramResult>,
  settings: EncodingSettings,
  timeoutMs = TIMEOUT_MS,
): Promise<string | null> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const result = await encode(trialArguments(settings), {
      folder: tmpdir(),
      durationMs: DURATION_MS,
      signal: timeout,
    })
    return result.ok ? null : describeProblem(settings, readCause(result.logTail))
  } catch (error) {
    if (error instanceof ProgramStoppedError && timeout.aborted) {
      return describeProblem(settings, `no picture within ${timeoutMs / 1_000} s`)
    }
    throw error
  }
}

function trialArguments ({ encoder, vaapiDevice }: EncodingSettings): string[] {
  const { deviceArgs, pixelFilter, commonArgs, qualityArgs } = videoEncoderOptions(encoder, vaapiDevice)
  const source = `color=black:size=${RUNG.width}x${RUNG.pictureHeight}:rate=25:duration=${DURATION_MS / 1_000}`
  return [
    ...deviceArgs,
    ...['-f', 'lavfi', '-i', source, '-vf', pixelFilter, '-c:v', encoder, '-profile:v', 'high'],
    ...[...commonArgs, ...qualityArgs(RUNG)].flatMap(([name, value]) => [`-${name}:v`, value]),
    ...['-maxrate:v', `${RUNG.maxKbps}k`, '-bufsize:v', `${RUNG.maxKbps * 2}k`],
    ...['-f', 'null', '-'],
  ]
}

/** The first line of the log states the cause: `[AVHWDeviceContext @ 0x55ab] No VA display found for device …`. */
function readCause (log: string): string {
  const [line = ''] = log.split('\n').map((text) => text.replace(/^(\[[^\]]*\]\s*)+/, '').trim()).filter(Boolean)
  return line.replace(/[.:]$/, '') || 'ffmpeg printed no cause'
}

function describeProblem ({ encoder }: EncodingSettings, cause: string): string {
  const remedy = encoder === 'libx264'
    ? 'Install an ffmpeg that contains libx264, or set VIDEO_ENCODER'
    : 'Check the device and its driver, or set VIDEO_ENCODER=libx264'
  return `The video encoder ${encoder} does not work: ${cause}. ${remedy}.`
}
