// The encoder: ffmpeg and ffprobe as child processes behind one interface.
import { fail } from '../../errors.js'
import type { EncodingSettings } from './ffmpeg-arguments.js'
import { findPrograms, type EncoderStatus, type ProgramPaths } from './find-programs.js'
import { inputArguments } from './input-arguments.js'
import { runProgram, type ProgramResult } from './run-program.js'
import { tryVideoEncoder } from './try-video-encoder.js'

export interface EncodeOptions {
  /** Folder that receives the outputs. */
  readonly folder: string
  /** Duration of the output, ms. */
  readonly durationMs: number
  /** Receives the progress, from 0 to 1. */
  readonly onProgress?: (progress: number) => void
  readonly signal?: AbortSignal
}

export interface Encoder {
  /** Whether ffmpeg and ffprobe can be run. They are looked up once. */
  status(): Promise<EncoderStatus>
  /**
   * Tries a video encoder. A success is remembered, and a failure for a minute.
   * @returns what does not work and what to do about it; null when it works
   * @throws EncoderUnavailableError without ffmpeg; ProgramStoppedError after `close`
   */
  videoEncoderProblem(settings: EncodingSettings): Promise<string | null>
  /**
   * Reads the properties of a file. After success, `output` is the JSON of ffprobe.
   * @param location absolute path, or an http or https URL
   * @throws ProgramStoppedError after an abort; EncoderUnavailableError
   */
  probe(location: string | URL, signal?: AbortSignal): Promise<ProgramResult>
  /**
   * Reads a file to its end.
   * @param stream number of the stream
   * @param from seconds in the clock of the file: begins at the key frame before; null: at the start
   * @param onPacket receives a line for each packet of the stream, `pts_time,dts_time,duration_time,flags`, in seconds;
   * returns whether it shows progress
   * @throws ProgramStoppedError after an abort; EncoderUnavailableError
   */
  listPackets(
    location: string | URL,
    stream: number,
    from: number | null,
    onPacket: (line: string) => boolean,
    signal?: AbortSignal,
  ): Promise<ProgramResult>
  /**
   * Decodes some key frames, and lists what a video has beside them.
   * @param stream number of the stream
   * @param from seconds in the clock of the file: begins at a key frame near it; null: at the start
   * @returns after success, `output` has a line for each key frame, and one with the name of ffmpeg for each entry
   * @throws ProgramStoppedError after an abort; EncoderUnavailableError
   */
  listSideData(
    location: string | URL,
    stream: number,
    from: number | null,
    signal?: AbortSignal,
  ): Promise<ProgramResult>
  /**
   * Runs ffmpeg.
   * @param args inputs, filters and outputs; inputs by `inputArguments`
   * @throws ProgramStoppedError after an abort; EncoderUnavailableError
   */
  encode(args: readonly string[], options: EncodeOptions): Promise<ProgramResult>
  /** Kills the programs that are running. */
  close(): Promise<void>
}

export class EncoderUnavailableError extends Error {
  constructor (reason: string) {
    super(reason)
    this.name = 'EncoderUnavailableError'
  }
}

export interface EncoderLimits {
  readonly probeTimeoutMs: number
  /** Time without a new frame. Moving the index of a large file to its front takes minutes. */
  readonly stallTimeoutMs: number
}

/** A device may appear while the process runs. */
const PROBLEM_TTL_MS = 60_000

const LIMITS: EncoderLimits = { probeTimeoutMs: 60_000, stallTimeoutMs: 10 * 60_000 }

/** Of a video, for its side data: broadcasts have a key frame in each two seconds or so. */
const SAMPLED_PACKETS = 120

interface Trial {
  readonly problem: Promise<string | null>
  /** In the clock of `performance.now()`. */
  expiresAt: number
}

export function createEncoder (config: ProgramPaths, limits = LIMITS): Encoder {
  let found: Promise<EncoderStatus> | null = null
  let trial: Trial | null = null
  const shutdown = new AbortController()
  const running = new Set<Promise<unknown>>()

  async function status (): Promise<EncoderStatus> {
    found ??= findPrograms(config)
    return await found
  }

  async function requirePrograms (): Promise<Extract<EncoderStatus, { isAvailable: true }>> {
    const programs = await status()
    return programs.isAvailable ? programs : fail(new EncoderUnavailableError(programs.reason))
  }

  async function encode (
    args: readonly string[],
    { folder, durationMs, onProgress = () => {}, signal }: EncodeOptions,
  ): Promise<ProgramResult> {
    const { ffmpegPath } = await requirePrograms()
    const common = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'warning', '-progress', 'pipe:1', '-y']
    return await track(runProgram(ffmpegPath, [...common, ...args], {
      stallTimeoutMs: limits.stallTimeoutMs,
      folder,
      signal: stopSignal(signal),
      onLine: createProgressReader(durationMs, onProgress),
    }))
  }

  async function videoEncoderProblem (settings: EncodingSettings): Promise<string | null> {
    if (trial === null || performance.now() >= trial.expiresAt) trial = startTrial(settings)
    return await trial.problem
  }

  function startTrial (settings: EncodingSettings): Trial {
    const started: Trial = { problem: tryVideoEncoder(encode, settings), expiresAt: Infinity }
    started.problem.then((problem) => {
      if (problem !== null) started.expiresAt = performance.now() + PROBLEM_TTL_MS
    }, () => {
      started.expiresAt = 0
    })
    return started
  }

  async function track<T> (run: Promise<T>): Promise<T> {
    running.add(run)
    try {
      return await run
    } finally {
      running.delete(run)
    }
  }

  const stopSignal = (signal?: AbortSignal): AbortSignal =>
    signal === undefined ? shutdown.signal : AbortSignal.any([shutdown.signal, signal])

  return {
    status,
    videoEncoderProblem,
    async probe (location, signal) {
      const { ffprobePath } = await requirePrograms()
      const args = ['-hide_banner', '-loglevel', 'error', ...inputArguments(location)]
      const shown = ['-show_format', '-show_streams', '-show_programs', '-show_chapters', '-print_format', 'json']
      return await track(runProgram(ffprobePath, [...args, ...shown], {
        stallTimeoutMs: limits.probeTimeoutMs,
        signal: stopSignal(signal),
      }))
    },
    async listPackets (location, stream, from, onPacket, signal) {
      const { ffprobePath } = await requirePrograms()
      const shown = ['-show_entries', 'packet=pts_time,dts_time,duration_time,flags', '-of', 'csv=p=0']
      const args = ['-hide_banner', '-loglevel', 'error', ...inputArguments(location)]
      const selected = ['-select_streams', String(stream), ...(from === null ? [] : ['-read_intervals', `${from}%`])]
      return await track(runProgram(ffprobePath, [...args, ...selected, ...shown], {
        stallTimeoutMs: limits.stallTimeoutMs,
        signal: stopSignal(signal),
        onLine: onPacket,
      }))
    },
    async listSideData (location, stream, from, signal) {
      const { ffprobePath } = await requirePrograms()
      const shown = ['-show_entries', 'frame=pict_type:frame_side_data=side_data_type', '-of', 'default=nw=1:nk=1']
      const args = ['-hide_banner', '-loglevel', 'error', '-skip_frame', 'nokey', ...inputArguments(location)]
      const selected = ['-select_streams', String(stream), '-read_intervals', `${from ?? ''}%+#${SAMPLED_PACKETS}`]
      return await track(runProgram(ffprobePath, [...args, ...selected, ...shown], {
        stallTimeoutMs: limits.probeTimeoutMs,
        signal: stopSignal(signal),
      }))
    },
    encode,
    async close () {
      shutdown.abort()
      await Promise.allSettled(running)
    },
  }
}

/** Reads lines of `-progress`: `frame=120`, `out_time_us=4800000`, `progress=continue`. */
function createProgressReader (durationMs: number, onProgress: (progress: number) => void): (line: string) => boolean {
  const reached = { frame: -1, out_time_us: -1, total_size: -1 }
  return (line) => {
    const [name = '', text = ''] = line.split('=')
    const value = Number(text)
    if (!(name in reached) || !Number.isFinite(value)) return line === 'progress=end'
    const field = name as keyof typeof reached
    if (value <= reached[field]) return false
    reached[field] = value
    if (field === 'out_time_us') onProgress(Math.min(1, Math.max(0, value / 1_000 / durationMs)))
    return true
  }
}
