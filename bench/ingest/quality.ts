// Compares a rendition with its master by a filter of ffmpeg: VMAF if this ffmpeg has it, else SSIM.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAX_OUTPUT_BYTES = 64 * 1024 ** 2

export interface QualityMeter {
  readonly name: 'VMAF' | 'SSIM'
  /** Score of a rendition, scaled to the size of the master: VMAF 0 to 100, SSIM 0 to 1. */
  measure(master: string, rendition: string): Promise<number>
}

export async function createQualityMeter (ffmpegPath: string): Promise<QualityMeter> {
  const { stdout } = await run(ffmpegPath, ['-hide_banner', '-filters'], { maxBuffer: MAX_OUTPUT_BYTES })
  const hasVmaf = /\blibvmaf\b/.test(stdout)
  const filter = hasVmaf ? 'libvmaf' : 'ssim'
  const score = hasVmaf ? /VMAF score: ([\d.]+)/ : /SSIM .*All:([\d.]+)/
  return {
    name: hasVmaf ? 'VMAF' : 'SSIM',
    async measure (master, rendition) {
      const graph = `[0:v]setpts=PTS-STARTPTS[a];[1:v]setpts=PTS-STARTPTS[b];` +
        `[a][b]scale2ref=flags=bicubic[c][d];[c][d]${filter}`
      const { stderr } = await run(
        ffmpegPath,
        ['-nostdin', '-hide_banner', '-i', rendition, '-i', master, '-lavfi', graph, '-an', '-f', 'null', '-'],
        { maxBuffer: MAX_OUTPUT_BYTES },
      )
      const [, value] = score.exec(stderr) ?? []
      if (value === undefined) throw new Error(`ffmpeg printed no ${filter}: ${stderr.slice(-500)}`)
      return Number(value)
    },
  }
}
