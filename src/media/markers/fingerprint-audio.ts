// Computes chromaprint fingerprints of the audio of media files: by the muxer of ffmpeg, or by fpcalc where ffmpeg was
// built without it.
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Encoder } from '../encoding/encoder.js'
import { findOnPath } from '../encoding/find-programs.js'
import { inputArguments } from '../encoding/input-arguments.js'
import { runProgram, type ProgramResult } from '../encoding/run-program.js'

/** Which program computes fingerprints. */
export type FingerprintProgram =
  | { readonly kind: 'ffmpeg' }
  | { readonly kind: 'fpcalc', readonly path: string }
  /** `reason` is a sentence for administrators: what is missing and how to get it. */
  | {
    readonly kind: 'none',
    readonly code: 'encoder-unavailable' | 'fingerprints-unavailable',
    readonly reason: string,
  }

export interface AudioPart {
  /** Path, or an http or https URL. */
  readonly location: string | URL
  /** Number of the audio track, from 0. */
  readonly track: number
  readonly startMs: number
  readonly durationMs: number
}

export type FingerprintResult =
  | { readonly ok: true, readonly points: Uint32Array }
  | { readonly ok: false, readonly logTail: string }

const PROGRAM_TIMEOUT_MS = 30_000
const FPCALC_TIMEOUT_MS = 5 * 60_000
/** Chromaprint's own rate: less data for fpcalc. */
const SAMPLE_RATE = 11_025
const FILE_NAME = 'fingerprint'

/** @param searchPath folders in the form of PATH */
export async function findFingerprintProgram (
  encoder: Pick<Encoder, 'status'>,
  searchPath = process.env['PATH'] ?? '',
): Promise<FingerprintProgram> {
  const status = await encoder.status()
  if (!status.isAvailable) return { kind: 'none', code: 'encoder-unavailable', reason: status.reason }
  const muxers = await runProgram(status.ffmpegPath, ['-hide_banner', '-muxers'], {
    stallTimeoutMs: PROGRAM_TIMEOUT_MS,
  })
  if (muxers.ok && /^\s*E\s+chromaprint\s/m.test(muxers.output)) return { kind: 'ffmpeg' }
  const fpcalc = findOnPath('fpcalc', searchPath)
  if (fpcalc !== null) return { kind: 'fpcalc', path: fpcalc }
  return {
    kind: 'none',
    code: 'fingerprints-unavailable',
    reason:
      `${status.ffmpegPath} was built without chromaprint, and fpcalc was not found on the PATH. Install fpcalc ` +
      '(apt install libchromaprint-tools, brew install chromaprint), or an ffmpeg with chromaprint.',
  }
}

/** One line for the console. */
export function describeFingerprints (program: FingerprintProgram): string {
  if (program.kind === 'none') return `off: ${program.reason}`
  return program.kind === 'ffmpeg' ? 'chromaprint of ffmpeg' : `fpcalc at ${program.path}`
}

/**
 * Computes the fingerprint of a part of a file: about eight points for each second.
 * @throws ProgramStoppedError after an abort; EncoderUnavailableError
 */
export async function fingerprintAudio (
  encoder: Pick<Encoder, 'encode'>,
  program: Exclude<FingerprintProgram, { kind: 'none' }>,
  { location, track, startMs, durationMs }: AudioPart,
  folder: string,
  signal: AbortSignal,
): Promise<FingerprintResult> {
  const file = path.join(folder, FILE_NAME)
  const format = program.kind === 'ffmpeg' ? ['-f', 'chromaprint', '-fp_format', 'raw'] : ['-f', 'wav']
  try {
    const result = await encoder.encode([
      ...['-ss', (startMs / 1_000).toFixed(3), '-t', (durationMs / 1_000).toFixed(3)],
      ...inputArguments(location),
      ...['-map', `0:a:${track}`, '-vn', '-sn', '-dn', '-ac', '1', '-ar', String(SAMPLE_RATE), '-c:a', 'pcm_s16le'],
      ...[...format, file],
    ], { folder, durationMs, signal })
    if (!result.ok) return result
    if (program.kind === 'ffmpeg') return { ok: true, points: readPoints(await readFile(file)) }
    return parsePoints(
      await runProgram(program.path, ['-raw', '-plain', '-length', '0', '-algorithm', '2', file], {
        stallTimeoutMs: FPCALC_TIMEOUT_MS,
        folder,
        signal,
      }),
    )
  } finally {
    await rm(file, { force: true })
  }
}

/** The muxer writes points in the byte order of the machine. */
function readPoints (bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length - bytes.length % 4))
}

function parsePoints (result: ProgramResult): FingerprintResult {
  if (!result.ok) return result
  const points = result.output.trim().split(',').map(Number)
  return points.some((point) => !Number.isInteger(point))
    ? { ok: false, logTail: 'fpcalc printed no fingerprint' }
    : { ok: true, points: Uint32Array.from(points) }
}
