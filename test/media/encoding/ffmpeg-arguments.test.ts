// The command line of ffmpeg for each encoder and each kind of master.
import t from 'tap'
import { DEFAULT_LADDER, type VideoEncoder } from '../../../src/domain/encoding-ladder.js'
import { planEncoding, splitIntoPasses } from '../../../src/media/encoding/encoding-plan.js'
import { encodingArguments } from '../../../src/media/encoding/ffmpeg-arguments.js'
import { withGains } from '../../../src/media/encoding/measure-loudness.js'
import type { MasterAudio, MasterSubtitle, MasterVideo } from '../../../src/media/encoding/master-info.js'

const CLOCK = { start: 0, isTransportStream: false, isLengthKnown: true }
const VIDEO: MasterVideo = {
  stream: 0,
  codec: 'hevc',
  width: 1_280,
  height: 720,
  frameRate: { numerator: 25, denominator: 1 },
  hasVariableRate: false,
  isInterlaced: false,
  isKept: false,
  range: 'sdr',
}
const AUDIO: MasterAudio = {
  stream: 1,
  codec: 'dts',
  channels: 6,
  language: 'en',
  languageCode: 'eng',
  kind: 'main',
  name: null,
}
const LADDER = DEFAULT_LADDER.slice(2, 4)

function argumentsOf (
  video: Partial<MasterVideo> = {},
  audio: readonly MasterAudio[] = [],
  encoder: VideoEncoder = 'libx264',
  subtitles: readonly MasterSubtitle[] = [],
): string {
  const plan = planEncoding(
    { durationMs: 60_000, clock: CLOCK, video: { ...VIDEO, ...video }, audio, subtitles, chapters: [] },
    LADDER,
  )
  const settings = { encoder, vaapiDevice: '/dev/dri/renderD128' }
  return encodingArguments(plan, '/media/master', settings).join(' ').replace(
    /-format_whitelist \S+/,
    '-format_whitelist …',
  )
}

const valueOf = (text: string, name: string): string | undefined => new RegExp(`${name} (\\S+)`).exec(text)?.[1]
const INPUT = '-protocol_whitelist file -format_whitelist … -i file:/media/master'
const CAPS = (i: number, kbps: number): string => `-maxrate:v:${i} ${kbps}k -bufsize:v:${i} ${kbps * 2}k`
const KEY_FRAMES = '-g:v 50 -force_key_frames:v expr:gte(t,n_forced*2) -flags:v +cgop+global_header'
const OUTPUT = "-f tee [f=mp4:movflags=+faststart:onfail=abort:select=\\'v:0,a\\']720.mp4|" +
  "[f=mp4:movflags=+faststart:onfail=abort:select=\\'v:1,a\\']480.mp4"
const NO_TAGS = '-map_metadata -1 -map_chapters -1'

function filters (pixelFilter: string): string {
  return '-filter_complex [0:0]fps=fps=25/1:start_time=0,split=2[s0][s1];' +
    `[s0]scale=1280:720:flags=lanczos,setsar=1,${pixelFilter}[v0];` +
    `[s1]scale=854:480:flags=lanczos,setsar=1,${pixelFilter}[v1]`
}

t.test('libx264', async (t) => {
  t.equal(
    argumentsOf(),
    `${INPUT} ${filters('format=yuv420p')} -map [v0] -map [v1] ${NO_TAGS} -c:v libx264 -profile:v high ` +
      `-preset:v medium -sc_threshold:v 0 ${KEY_FRAMES} -crf:v:0 21 ${CAPS(0, 3_500)} -crf:v:1 22 ${CAPS(1, 1_500)} ` +
      OUTPUT,
  )
})

t.test('h264_nvenc', async (t) => {
  t.equal(
    argumentsOf({}, [], 'h264_nvenc'),
    `${INPUT} ${filters('format=yuv420p')} -map [v0] -map [v1] ${NO_TAGS} -c:v h264_nvenc -profile:v high ` +
      '-preset:v p5 -rc:v vbr -no-scenecut:v 1 -forced-idr:v 1 -strict_gop:v 1 ' +
      `${KEY_FRAMES} -cq:v:0 21 -b:v:0 2450k ${CAPS(0, 3_500)} -cq:v:1 22 -b:v:1 1050k ${CAPS(1, 1_500)} ${OUTPUT}`,
  )
})

t.test('h264_vaapi', async (t) => {
  t.equal(
    argumentsOf({}, [], 'h264_vaapi'),
    `-vaapi_device /dev/dri/renderD128 ${INPUT} ${filters('format=nv12,hwupload')} -map [v0] -map [v1] ${NO_TAGS} ` +
      `-c:v h264_vaapi -profile:v high -rc_mode:v QVBR -idr_interval:v 0 ${KEY_FRAMES} ` +
      `-global_quality:v:0 21 -b:v:0 2450k ${CAPS(0, 3_500)} -global_quality:v:1 22 -b:v:1 1050k ${CAPS(1, 1_500)} ` +
      OUTPUT,
  )
})

t.test('h264_qsv', async (t) => {
  t.equal(
    argumentsOf({}, [], 'h264_qsv'),
    `${INPUT} ${filters('format=nv12')} -map [v0] -map [v1] ${NO_TAGS} -c:v h264_qsv -profile:v high ` +
      `-preset:v medium -adaptive_i:v 0 -forced_idr:v 1 -idr_interval:v 0 ${KEY_FRAMES} ` +
      `-global_quality:v:0 21 -b:v:0 2450k ${CAPS(0, 3_500)} -global_quality:v:1 22 -b:v:1 1050k ${CAPS(1, 1_500)} ` +
      OUTPUT,
  )
})

const stereo = (i: number): string =>
  `-c:a:${i} aac -b:a:${i} 160k -ac:a:${i} 2 -ar:a:${i} 48000 -flags:a:${i} +global_header ` +
  `-filter:a:${i} aresample=async=1:first_pts=0`

t.test('every audio track is encoded once, with language, kind and name', async (t) => {
  const args = argumentsOf({}, [
    AUDIO,
    { ...AUDIO, stream: 3, languageCode: 'ger', kind: 'description' },
    { ...AUDIO, stream: 4, languageCode: null, kind: 'commentary', name: 'Director' },
    { ...AUDIO, stream: 5 },
  ])
  t.match(args, ' -map [v1] -map 0:1 -map 0:3 -map 0:4 -map 0:5 ')
  t.match(
    args,
    ` ${stereo(0)} -metadata:s:a:0 language=eng -disposition:a:0 default ` +
      `${stereo(1)} -metadata:s:a:1 language=ger -disposition:a:1 visual_impaired+descriptions ` +
      `${stereo(2)} -metadata:s:a:2 title=Director -disposition:a:2 comment ` +
      `${stereo(3)} -metadata:s:a:3 language=eng -disposition:a:3 0 -f tee `,
  )
  t.notMatch(argumentsOf(), '-c:a', 'a master without audio')
})

t.test('the lowest rung alone has surround tracks, which are copied, and texts', async (t) => {
  const subtitle = { codec: 'ass', language: 'de', languageCode: 'ger', name: null, isText: true }
  const args = argumentsOf({}, [{ ...AUDIO, codec: 'ac3' }, { ...AUDIO, stream: 2 }], 'libx264', [
    { ...subtitle, stream: 3, kind: 'forced' },
    { ...subtitle, stream: 4, kind: 'full', name: 'Deutsch' },
    { ...subtitle, stream: 5, kind: 'full', codec: 'hdmv_pgs_subtitle', isText: false },
  ])
  t.match(args, ' -map [v1] -map 0:1 -map 0:2 -map 0:1 -map 0:3 -map 0:4 -map_metadata')
  t.match(args, ' -c:a:2 copy -metadata:s:a:2 language=eng -disposition:a:2 0 -c:s:0 mov_text ')
  t.match(args, '-metadata:s:s:0 language=ger -disposition:s:0 forced -c:s:1 mov_text -metadata:s:s:1 language=ger ')
  t.match(args, "select=\\'v:0,a:0,a:1\\']720.mp4|")
  t.match(args, "select=\\'v:1,a,s\\']480.mp4")
})

t.test('a rung that is encoded without the lowest has neither', async (t) => {
  const audio = [{ ...AUDIO, codec: 'ac3' }]
  const plan = planEncoding(
    { durationMs: 60_000, clock: CLOCK, video: VIDEO, audio, subtitles: [], chapters: [] },
    LADDER,
  )
  const passes = splitIntoPasses(plan, { lowestFirst: 'on' })
  t.match(passes, [{ rungs: [{ height: 480 }], surround: audio }, { rungs: [{ height: 720 }], surround: [] }])
  t.strictSame(splitIntoPasses(plan, { lowestFirst: 'off' }), [plan], 'all rungs from one decoding')
})

t.test('by default, the lowest rung of masters of 5 minutes or more comes first', async (t) => {
  const countPasses = (durationMs: number, ladder = LADDER): number => {
    const info = { durationMs, clock: CLOCK, video: VIDEO, audio: [AUDIO], subtitles: [], chapters: [] }
    return splitIntoPasses(planEncoding(info, ladder), { lowestFirst: 'auto' }).length
  }
  t.equal(countPasses(299_999), 1)
  t.equal(countPasses(300_000), 2)
  t.equal(countPasses(300_000, LADDER.slice(0, 1)), 1, 'one rendition')
})

t.test('the gain is applied to the stereo version, with a limiter where peaks need one', async (t) => {
  const info = {
    durationMs: 60_000,
    clock: CLOCK,
    video: VIDEO,
    audio: [AUDIO, AUDIO, AUDIO],
    subtitles: [],
    chapters: [],
  }
  const plan = planEncoding(info, LADDER)
  const summary = (i: number, loudness: string, peak: string): string =>
    `[ebur128@track${i} @ 0x55d0] Summary:\n\n  Integrated loudness:\n    I:         ${loudness} LUFS\n` +
    '    Threshold: -33.5 LUFS\n\n  Loudness range:\n    LRA:         3.6 LU\n\n  True peak:\n' +
    `    Peak:       ${peak} dBFS`
  const empty = summary(0, '-70.0', '-inf')
  const log = `${empty}\n${summary(1, '-70.0', '-inf')}\n${summary(0, '-29.4', '-3.0')}\n`
  const audio = withGains(plan.audio, log, -23)
  t.match(audio.map(({ loudness }) => loudness), [
    { gain: 6.4, needsLimiter: true },
    { gain: 0, needsLimiter: false },
    null,
  ])
  const args = encodingArguments({ ...plan, audio }, '/media/master', { encoder: 'libx264', vaapiDevice: '' }).join(' ')
  t.match(args, 'first_pts=0,aformat=channel_layouts=stereo,volume=6.4dB,alimiter=limit=0.891:level=disabled -metadata')
  t.match(args, 'first_pts=0,aformat=channel_layouts=stereo,volume=0dB -metadata')
  t.same(withGains(plan.audio, summary(0, '-16.0', '0.1'), -23)[0]?.loudness, { gain: -7, needsLimiter: false })
  t.same(withGains(plan.audio, summary(0, '-60.0', '-50.0'), -16)[0]?.loudness, { gain: 20, needsLimiter: false })
})

t.test('the picture is filtered once, before it is scaled', async (t) => {
  const chain = (video: Partial<MasterVideo>): string | undefined =>
    /\[0:\d+\](.*),split/.exec(valueOf(argumentsOf(video), '-filter_complex') ?? '')?.[1]
  t.equal(chain({ isInterlaced: true }), 'bwdif=mode=send_frame,fps=fps=25/1:start_time=0')
  t.equal(
    chain({ frameRate: { numerator: 26, denominator: 1 }, hasVariableRate: true }),
    'fps=fps=30000/1001:start_time=0',
  )
  t.equal(
    chain({ range: 'pq' }),
    'fps=fps=25/1:start_time=0,zscale=pin=bt2020:tin=smpte2084:min=bt2020nc:t=linear:npl=100,format=gbrpf32le,' +
      'zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p',
  )
  t.match(chain({ range: 'hlg' }), ':tin=arib-std-b67:')
  t.match(argumentsOf({ stream: 2 }), '-filter_complex [0:2]')
})

t.test('key frames are 2 s apart at most', async (t) => {
  t.equal(valueOf(argumentsOf({ frameRate: { numerator: 24_000, denominator: 1_001 } }), '-g:v'), '48')
  t.equal(valueOf(argumentsOf({ frameRate: { numerator: 60_000, denominator: 1_001 } }), '-g:v'), '120')
  t.equal(valueOf(argumentsOf({ frameRate: { numerator: 10, denominator: 1 } }), '-g:v'), '20')
})

t.test('a remote master is read over http and https only', async (t) => {
  const plan = planEncoding(
    { durationMs: 60_000, clock: CLOCK, video: VIDEO, audio: [], subtitles: [], chapters: [] },
    LADDER,
  )
  const url = new URL('https://s3.example.com/bucket/master?X-Amz-Signature=a')
  const args = encodingArguments(plan, url, { encoder: 'libx264', vaapiDevice: '' })
  t.strictSame(args.slice(0, 2), ['-protocol_whitelist', 'http,https,tcp,tls'])
  t.equal(args[args.indexOf('-i') + 1], url.href)
})
