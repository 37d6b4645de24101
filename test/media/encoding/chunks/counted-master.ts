// Masters whose frames show their number in binary, so that a test finds lost, repeated and moved frames.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { makeFile } from '../programs.js'
import { findPrograms } from '../../../../src/media/encoding/find-programs.js'
import { runProgram } from '../../../../src/media/encoding/run-program.js'

const BITS = 12

/** Inputs of ffmpeg: the video of a master. @param rate frames per second, also as a fraction */
export function countedVideo (seconds: number, rate = '25'): string[] {
  const number = `if(mod(floor(N/pow(2\\,X))\\,2)\\,235\\,16)`
  const source = `nullsrc=size=${BITS}x2:rate=${rate}:duration=${seconds}`
  return ['-f', 'lavfi', '-i', `${source},geq=lum='${number}':cb=128:cr=128,scale=192:108:flags=neighbor,setsar=1`]
}

/** Makes a master with a sine tone. @param options of the outputs, before its name */
export async function makeCountedMaster (
  folder: string,
  name: string,
  seconds: number,
  rate = '25',
  options: readonly string[] = ['-c:v', 'mpeg4', '-q:v', '3', '-c:a', 'ac3'],
): Promise<Buffer> {
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`]
  await makeFile(folder, [...countedVideo(seconds, rate), ...tone, ...options, name])
  return readFileSync(path.join(folder, name))
}

/** Runs the installed ffmpeg or ffprobe. @returns its output */
async function print (program: 'ffmpegPath' | 'ffprobePath', args: readonly string[]): Promise<string> {
  const status = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!status.isAvailable) throw new Error(status.reason)
  const result = await runProgram(status[program], args, { stallTimeoutMs: 60_000 })
  if (!result.ok) throw new Error(result.logTail)
  return result.output
}

/** The numbers that the frames of a rendition show. */
export async function readFrameNumbers (folder: string, file: string): Promise<number[]> {
  const bits = `scale=${BITS}:1:flags=area,format=gray`
  const output = ['-fps_mode', 'passthrough', '-f', 'rawvideo', 'numbers.gray']
  await makeFile(folder, ['-i', file, '-map', '0:v:0', '-vf', bits, ...output])
  const bytes = readFileSync(path.join(folder, 'numbers.gray'))
  return Array.from(
    { length: bytes.length / BITS },
    (_value, frame) =>
      [...bytes.subarray(frame * BITS, (frame + 1) * BITS)].reduce(
        (sum, byte, bit) => sum + (byte > 125 ? 2 ** bit : 0),
        0,
      ),
  )
}

/** Times of all packets of a file, with key frames marked, in the order of the file. */
export async function readPackets (file: string, stream: 'v' | 'a', fields = 'pts,dts,flags'): Promise<string[]> {
  const shown = ['-show_entries', `packet=${fields}`, '-of', 'csv=p=0']
  return (await print('ffprobePath', ['-v', 'error', '-select_streams', stream, ...shown, file])).trim().split('\n')
}

/** Checksum of the decoded audio. */
export async function hashAudio (file: string): Promise<string> {
  return await print('ffmpegPath', ['-v', 'error', '-i', file, '-map', '0:a:0', '-f', 'md5', '-'])
}

/** Language, title and disposition of the streams that are not video. */
export async function describeTracks (file: string): Promise<string> {
  const shown = 'stream=codec_name,time_base,channels:stream_tags=language,title:stream_disposition'
  return await print('ffprobePath', ['-v', 'error', '-show_entries', shown, '-of', 'json', file])
}
