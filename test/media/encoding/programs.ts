// Programs for tests of encoding: the installed ffmpeg, and scripts in its place.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEncoder } from '../../../src/media/encoding/encoder.js'
import { findPrograms } from '../../../src/media/encoding/find-programs.js'
import { runProgram } from '../../../src/media/encoding/run-program.js'

/**
 * Option `skip` of tests that need ffmpeg.
 * @throws Error without ffmpeg and with FFMPEG_REQUIRED=1, which `.ci/run` sets
 */
export async function skipWithoutFfmpeg (): Promise<string | false> {
  const status = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (status.isAvailable) return false
  if (process.env['FFMPEG_REQUIRED'] === '1') throw new Error(status.reason)
  return status.reason
}

/** The installed ffmpeg. */
export const installedEncoder = (): ReturnType<typeof createEncoder> =>
  createEncoder({ ffmpegPath: null, ffprobePath: null })

/** Makes a file with the installed ffmpeg. */
export async function makeFile (folder: string, args: readonly string[]): Promise<void> {
  const status = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!status.isAvailable) throw new Error(status.reason)
  const result = await runProgram(status.ffmpegPath, ['-nostdin', '-loglevel', 'error', '-y', ...args], {
    folder,
    stallTimeoutMs: 300_000,
  })
  if (!result.ok) throw new Error(`ffmpeg could not make a file: ${result.logTail}`)
}

/**
 * Writes scripts that run in place of ffmpeg and ffprobe.
 * @param body shell commands for all arguments but `-version`
 * @param trial shell commands for the trial of the video encoder
 */
export function writePrograms (
  folder: string,
  body: string,
  trial = 'exit 0',
): { ffmpegPath: string, ffprobePath: string } {
  mkdirSync(folder, { recursive: true })
  const write = (name: string): string => {
    const file = path.join(folder, name)
    const version = `if [ "$1" = -version ]; then echo "${name} version 9.1 Copyright"; exit 0; fi`
    const trials = `case "$*" in *' lavfi '*) ${trial};; esac`
    writeFileSync(file, `#!/bin/sh\n${version}\n${trials}\n${body}\n`)
    chmodSync(file, 0o755)
    return file
  }
  return { ffmpegPath: write('ffmpeg'), ffprobePath: write('ffprobe') }
}

/** Reads a process ID from a file, as soon as there is one. */
export async function readPid (file: string): Promise<number> {
  for (;;) {
    try {
      const pid = Number(readFileSync(file, 'utf8'))
      if (pid > 0) return pid
    } catch {
      // Not written yet.
    }
    await sleep(50)
  }
}

/** A killed process stays as a zombie until its parent reads its exit code. */
export function isRunning (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Integrated loudness of the first audio track of a file, LUFS. */
export async function loudnessOf (file: string): Promise<number> {
  const status = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!status.isAvailable) throw new Error(status.reason)
  const args = ['-nostdin', '-i', file, '-map', '0:a:0', '-af', 'ebur128=framelog=verbose', '-f', 'null', '-']
  const result = await runProgram(status.ffmpegPath, args, { stallTimeoutMs: 60_000 })
  return Number(/I: +(-?[\d.]+) LUFS/.exec(result.logTail)?.[1])
}
