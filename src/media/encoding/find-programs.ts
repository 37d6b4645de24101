// Finds ffmpeg and ffprobe: FFMPEG_PATH, else the PATH; ffprobe at FFPROBE_PATH, else beside ffmpeg, else on the PATH.
import path from 'node:path'
import type { Config } from '../../config.js'
import { isExecutableFile } from '../../config/files.js'
import { runProgram } from './run-program.js'

export type ProgramPaths = Pick<Config, 'ffmpegPath' | 'ffprobePath'>

/** Whether the service can encode. */
export type EncoderStatus =
  | {
    readonly isAvailable: true,
    /** Version of ffmpeg, such as `5.1.9`. */
    readonly version: string,
    readonly ffmpegPath: string,
    readonly ffprobePath: string,
  }
  /** `reason` is a sentence for administrators: what is missing and how to get it. */
  | { readonly isAvailable: false, readonly reason: string }

const VERSION_TIMEOUT_MS = 30_000
const HOW_TO_GET_IT = 'Install ffmpeg 5.1 or newer (apt install ffmpeg, brew install ffmpeg), or set FFMPEG_PATH.'

/** @param searchPath folders in the form of PATH */
export async function findPrograms (
  configured: ProgramPaths,
  searchPath = process.env['PATH'] ?? '',
): Promise<EncoderStatus> {
  const ffmpegPath = configured.ffmpegPath ?? findOnPath('ffmpeg', searchPath)
  if (ffmpegPath === null) return unavailable('ffmpeg was not found')
  const beside = path.join(path.dirname(ffmpegPath), fileName('ffprobe'))
  const ffprobePath = configured.ffprobePath ??
    (isExecutableFile(beside) ? beside : findOnPath('ffprobe', searchPath))
  if (ffprobePath === null) return unavailable('ffprobe was found neither beside ffmpeg nor on the PATH')
  const version = await readVersion(ffmpegPath, 'ffmpeg')
  if (version === null) return unavailable(`${ffmpegPath} does not run as ffmpeg`)
  if (await readVersion(ffprobePath, 'ffprobe') === null) return unavailable(`${ffprobePath} does not run as ffprobe`)
  return { isAvailable: true, version, ffmpegPath, ffprobePath }
}

/** One line for the console. */
export function describeEncoder (status: EncoderStatus): string {
  return status.isAvailable ? `ffmpeg ${status.version} at ${status.ffmpegPath}` : `off: ${status.reason}`
}

const unavailable = (fact: string): EncoderStatus => ({ isAvailable: false, reason: `${fact}. ${HOW_TO_GET_IT}` })

const fileName = (name: string): string => process.platform === 'win32' ? `${name}.exe` : name

/** The path of a program; null when no folder has it. @param searchPath folders in the form of PATH */
export function findOnPath (name: string, searchPath: string): string | null {
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder))
  return folders.map((folder) => path.join(folder, fileName(name))).find(isExecutableFile) ?? null
}

/** @returns null if the program does not run or is another one */
async function readVersion (program: string, name: string): Promise<string | null> {
  const result = await runProgram(program, ['-version'], { stallTimeoutMs: VERSION_TIMEOUT_MS })
  return result.ok ? new RegExp(`^${name} version (\\S+)`).exec(result.output)?.[1] ?? null : null
}
