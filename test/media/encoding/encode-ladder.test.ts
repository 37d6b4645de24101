// Encodes masters that ffmpeg makes, and reads the renditions with the prober of the service.
import { statSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { planEncoding, rungFileName, type EncodingPlan } from '../../../src/media/encoding/encoding-plan.js'
import { encodingArguments } from '../../../src/media/encoding/ffmpeg-arguments.js'
import { findPrograms } from '../../../src/media/encoding/find-programs.js'
import { readMasterInfo } from '../../../src/media/encoding/master-info.js'
import { runProgram } from '../../../src/media/encoding/run-program.js'
import type { MediaInfo } from '../../../src/media/probing/probe-worker.js'
import { createMediaProber } from '../../../src/media/probing/prober.js'
import { turnPicture } from './input-files.js'
import { installedEncoder, makeFile, skipWithoutFfmpeg } from './programs.js'

const LADDER = [{ height: 180, quality: 28, maxKbps: 300 }, { height: 90, quality: 30, maxKbps: 100 }]
const SETTINGS = { encoder: 'libx264', vaapiDevice: '' } as const
const SINE = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=5']
const picture = (options: string): string[] => ['-f', 'lavfi', '-i', `testsrc=duration=5:${options}`]

interface Encoded {
  readonly plan: EncodingPlan
  /** In the order of the rungs. */
  readonly renditions: readonly MediaInfo[]
  /** Of each rung, s. */
  readonly keyFrames: ReadonlyArray<readonly number[]>
  /** Stream properties of each rung by ffprobe. */
  readonly streams: ReadonlyArray<ReadonlyArray<Record<string, any>>>
}

t.test('masters', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const encoder = installedEncoder()
  const prober = createMediaProber()
  t.teardown(async () => {
    await prober.close()
    await encoder.close()
  })

  async function probe (file: string): Promise<string> {
    const result = await encoder.probe(file)
    if (!result.ok) throw new Error(result.logTail)
    return result.output
  }

  async function encode (folder: string, name: string, args: readonly string[]): Promise<Encoded> {
    await makeFile(folder, [...args, name])
    return await encodeFile(folder, name)
  }

  async function encodeFile (folder: string, name: string): Promise<Encoded> {
    const result = readMasterInfo(await probe(path.join(folder, name)))
    if (!result.ok) throw new Error(result.reason)
    const plan = planEncoding(result.info, LADDER)
    const progress: number[] = []
    const outcome = await encoder.encode(encodingArguments(plan, path.join(folder, name), SETTINGS), {
      folder,
      durationMs: plan.durationMs,
      onProgress: (value) => progress.push(value),
    })
    t.ok(outcome.ok, outcome.logTail)
    t.ok((progress.at(-1) ?? 0) > 0.9, 'the progress reaches the end')
    const files = plan.rungs.map((rung) => path.join(folder, rungFileName(rung)))
    const renditions: MediaInfo[] = []
    for (const file of files) {
      const probed = await prober.probe(file, statSync(file).size)
      if (!probed.ok) throw new Error(probed.reason)
      renditions.push(probed.info)
    }
    return {
      plan,
      renditions,
      keyFrames: await Promise.all(files.map(listKeyFrames)),
      streams: await Promise.all(files.map(async (file) => JSON.parse(await probe(file)).streams)),
    }
  }

  t.test('HEVC with AC-3 5.1 in two languages and a commentary', async (t) => {
    const { renditions, keyFrames, streams } = await encode(t.testdir({}), 'master.mkv', [
      ...picture('size=320x180:rate=24000/1001'),
      ...SINE,
      ...['-map', '0', '-map', '1', '-map', '1', '-map', '1', '-c:v', 'libx265', '-preset', 'ultrafast'],
      ...['-x265-params', 'log-level=none:colorprim=bt709:transfer=bt709:colormatrix=bt709', '-c:a', 'ac3'],
      ...['-ac:a:0', '6', '-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'],
      ...['-metadata:s:a:2', 'language=eng', '-metadata:s:a:2', 'title=Director', '-disposition:a:2', 'comment'],
      ...['-metadata', 'location=+52.5200+013.4050/'],
    ])
    const audio = { channels: 2, codec: 'mp4a.40.2' }
    for (const [i, rendition] of renditions.entries()) {
      t.match(rendition, {
        container: 'mp4',
        width: [320, 160][i],
        height: [180, 90][i],
        frameRate: 23.976,
        videoCodec: /^avc1\.64/,
        audioTracks: [{ ...audio, language: 'en' }, { ...audio, language: 'de' }, { ...audio, language: 'en' }],
      })
      t.ok(Math.abs((rendition.durationMs ?? 0) - 5_000) < 150, `${rendition.durationMs} ms`)
    }
    t.strictSame(keyFrames[0], keyFrames[1], 'all rungs have the same key frames')
    t.strictSame(keyFrames[0]?.map(Math.round), [0, 2, 4])
    t.match(streams[0]?.[0], { color_space: 'bt709', color_transfer: 'bt709', color_primaries: 'bt709' })
    t.notMatch(JSON.stringify(streams), /52\.52/, 'the place of the recording is not published')
  })

  t.test('interlaced MPEG-2 in a transport stream whose clock starts at 600 s', async (t) => {
    const { plan, renditions, keyFrames, streams } = await encode(t.testdir({}), 'master.ts', [
      ...picture('size=360x288:rate=50'),
      ...SINE,
      ...['-vf', 'interlace,setsar=64/45', '-flags', '+ilme+ildct', '-c:v', 'mpeg2video', '-b:v', '2M'],
      ...['-c:a', 'mp2', '-output_ts_offset', '600'],
    ])
    t.match(plan, { video: { isInterlaced: true }, frameRate: { numerator: 25, denominator: 1 } })
    t.match(renditions, [{ width: 320, height: 180, frameRate: 25 }, { width: 160, height: 90 }])
    t.ok(Math.abs((renditions[0]?.durationMs ?? 0) - 5_000) < 200, `${renditions[0]?.durationMs} ms`)
    t.strictSame(keyFrames, [[0, 2, 4], [0, 2, 4]])
    t.match(streams[1]?.[0], { field_order: 'progressive', sample_aspect_ratio: '1:1' })
  })

  t.test('a phone video that is turned and has a variable frame rate', async (t) => {
    const folder = t.testdir({})
    await makeFile(folder, [
      ...picture('size=320x180:rate=30'),
      ...['-vf', "select='lt(t,2)+not(mod(n,3))'", '-fps_mode', 'vfr', '-c:v', 'libx264', '-preset', 'ultrafast'],
      'level.mov',
    ])
    turnPicture(path.join(folder, 'level.mov'), path.join(folder, 'turned.mov'))
    const { plan, renditions, keyFrames, streams } = await encodeFile(folder, 'turned.mov')
    t.match(renditions, [{ width: 102, height: 180 }, { width: 50, height: 90 }])
    t.match(streams[0]?.[0], { avg_frame_rate: `${plan.frameRate.numerator}/${plan.frameRate.denominator}` })
    t.strictSame(keyFrames[0], keyFrames[1])
    t.strictSame(streams[0]?.length, 1, 'without audio')
  })

  t.test('HDR10 becomes SDR', async (t) => {
    const { plan, streams } = await encode(t.testdir({}), 'master.mkv', [
      ...picture('size=320x180:rate=24'),
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-x265-params'],
      'log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc',
    ])
    t.equal(plan.video.range, 'pq')
    for (const [video] of streams) {
      t.match(video, { pix_fmt: 'yuv420p', color_space: 'bt709', color_transfer: 'bt709', color_primaries: 'bt709' })
    }
  })

  t.test('audio only, and broken files, have a reason', async (t) => {
    const folder = t.testdir({})
    await makeFile(folder, [...SINE, 'audio.m4a'])
    t.match(readMasterInfo(await probe(path.join(folder, 'audio.m4a'))), { ok: false, code: 'no-video' })
    await makeFile(folder, ['-f', 'lavfi', '-i', 'testsrc=duration=1', '-f', 'rawvideo', 'broken.mp4'])
    t.match(await encoder.probe(path.join(folder, 'broken.mp4')), { ok: false, code: 'failed' })
  })
})

async function listKeyFrames (file: string): Promise<number[]> {
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  const shown = ['-select_streams', 'v', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0']
  const result = await runProgram(programs.ffprobePath, ['-loglevel', 'error', ...shown, file], {
    stallTimeoutMs: 60_000,
  })
  if (!result.ok) throw new Error(result.logTail)
  const packets = result.output.trim().split('\n').map((line) => line.split(','))
  return packets.filter(([, flags]) => flags?.startsWith('K')).map(([time]) => Number(time))
}
