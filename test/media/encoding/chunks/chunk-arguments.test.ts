// The command lines of a master that is encoded in chunks.
import t from 'tap'
import type { VideoEncoder } from '../../../../src/domain/encoding-ladder.js'
import { audioArguments, chunkList, joinArguments } from '../../../../src/media/encoding/chunks/chunk-arguments.js'
import { planChunks } from '../../../../src/media/encoding/chunks/chunk-plan.js'
import { planEncoding, withRungs, type EncodingPlan } from '../../../../src/media/encoding/encoding-plan.js'
import { encodingArguments } from '../../../../src/media/encoding/ffmpeg-arguments.js'
import type { MasterAudio, MasterSubtitle, MasterVideo } from '../../../../src/media/encoding/master-info.js'

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
  codec: 'ac3',
  channels: 6,
  language: 'en',
  languageCode: 'eng',
  kind: 'main',
  name: null,
}
const SUBTITLE: MasterSubtitle = {
  stream: 2,
  codec: 'ass',
  language: 'de',
  languageCode: 'ger',
  kind: 'forced',
  name: null,
  isText: true,
}
const LADDER = [{ height: 720, quality: 21, maxKbps: 3_500 }, { height: 480, quality: 22, maxKbps: 1_500 }]

function planOf (
  video: Partial<MasterVideo> = {},
  audio: readonly MasterAudio[] = [],
  subtitles: readonly MasterSubtitle[] = [],
): EncodingPlan {
  return planEncoding({
    durationMs: 90_000,
    clock: CLOCK,
    video: { ...VIDEO, ...video },
    audio,
    subtitles,
    chapters: [],
  }, LADDER)
}

const shorten = (args: readonly string[]): string => args.join(' ').replace(/-format_whitelist mov,\S+/, 'CONTAINERS')

function chunkArguments (number: number, plan = planOf(), encoder: VideoEncoder = 'libx264'): string {
  const settings = { encoder, vaapiDevice: '/dev/dri/renderD128' }
  return shorten(encodingArguments(plan, '/media/master', settings, planChunks(plan)[number]))
}

const INPUT = '-protocol_whitelist file CONTAINERS -i file:/media/master'
const MAPS = '-map [v0] -map [v1] -map_metadata -1 -map_chapters -1'
const OUTPUT = "-f tee [f=mp4:onfail=abort:select=\\'v:0\\']720.mp4|[f=mp4:onfail=abort:select=\\'v:1\\']480.mp4"

function filters (frames: string): string {
  return `-filter_complex [0:0]fps=fps=25/1:start_time=0,trim=${frames},setpts=PTS-STARTPTS,split=2[s0][s1];` +
    '[s0]scale=1280:720:flags=lanczos,setsar=1,format=yuv420p[v0];' +
    '[s1]scale=854:480:flags=lanczos,setsar=1,format=yuv420p[v1]'
}

function encoder (keyFrames: string): string {
  return '-c:v libx264 -profile:v high -preset:v medium -sc_threshold:v 0 ' +
    `-g:v 50 -force_key_frames:v expr:${keyFrames} -flags:v +cgop+global_header ` +
    '-crf:v:0 21 -maxrate:v:0 3500k -bufsize:v:0 7000k -crf:v:1 22 -maxrate:v:1 1500k -bufsize:v:1 3000k'
}

t.test('the first chunk', async (t) => {
  t.equal(
    chunkArguments(0),
    `-copyts -start_at_zero ${INPUT} ${filters('start_frame=0:end_frame=750')} ${MAPS} ` +
      `${encoder('gte(t,n_forced*2)')} ${OUTPUT}`,
  )
})

t.test('a chunk in the middle opens the master a little earlier', async (t) => {
  t.equal(
    chunkArguments(1),
    `-copyts -start_at_zero -noaccurate_seek -ss 26 ${INPUT} ${filters('start_frame=750:end_frame=1500')} ${MAPS} ` +
      `${encoder('gte(t+750*1/25,(n_forced+15)*2)')} ${OUTPUT}`,
  )
})

t.test('the last chunk lasts to the end of the video', async (t) => {
  t.equal(
    chunkArguments(2),
    `-copyts -start_at_zero -noaccurate_seek -ss 56 ${INPUT} ${filters('start_frame=1500')} ${MAPS} ` +
      `${encoder('gte(t+1500*1/25,(n_forced+30)*2)')} ${OUTPUT}`,
  )
})

t.test('at a fractional rate, borders and key frames are the first frames at or after their times', async (t) => {
  const plan = planOf({ frameRate: { numerator: 24_000, denominator: 1_001 } })
  t.match(chunkArguments(1, plan), 'trim=start_frame=720:end_frame=1439,')
  t.match(chunkArguments(1, plan), '-force_key_frames:v expr:gte(t+720*1001/24000,(n_forced+15)*2) ')
})

t.test('a transport stream counts from the start of its clock, and needs a key frame before the chunk', async (t) => {
  const clock = { start: 601_376_778, isTransportStream: true, isLengthKnown: false }
  const plan = { ...planOf({}, [AUDIO]), clock, seekMarginMs: 14_000 }
  t.match(chunkArguments(0, plan), `-copyts -itsoffset -601376777us ${INPUT}`)
  t.match(chunkArguments(1, plan), `-copyts -itsoffset -601376777us -noaccurate_seek -ss 16 ${INPUT}`)
  t.match(shorten(audioArguments(plan, '/media/master')), `-copyts -itsoffset -601376777us ${INPUT} -map 0:1 `)
  t.match(chunkArguments(0, { ...plan, clock: { ...clock, start: -38_640_911 } }), '-copyts -itsoffset 38640912us ')
})

t.test('interlaced HDR: the range is cut before the tone mapping, after the rate is constant', async (t) => {
  const args = chunkArguments(1, planOf({ isInterlaced: true, range: 'pq' }))
  t.match(
    args,
    /bwdif=mode=send_frame,fps=fps=25\/1:start_time=0,trim=start_frame=750:end_frame=1500,setpts=\S+zscale=/,
  )
})

t.test('hardware encoders', async (t) => {
  t.match(
    chunkArguments(1, planOf(), 'h264_vaapi'),
    /^-vaapi_device \/dev\/dri\/renderD128 -copyts -start_at_zero -noaccurate_seek -ss 26 .*-c:v h264_vaapi /,
  )
  t.match(chunkArguments(1, planOf(), 'h264_nvenc'), /-forced-idr:v 1 .*-force_key_frames:v expr:gte\(t\+750\*1\/25,/)
  t.match(chunkArguments(1, planOf(), 'h264_qsv'), /-forced_idr:v 1 .*-force_key_frames:v expr:gte\(t\+750\*1\/25,/)
})

const TRACKS = planOf({}, [AUDIO], [SUBTITLE])
const NO_TAGS = '-map_metadata -1 -map_chapters -1'

t.test('audio and subtitles are encoded together, for all rungs', async (t) => {
  t.equal(
    shorten(audioArguments(TRACKS, new URL('https://bucket.test/master?signature=1'))),
    '-protocol_whitelist http,https,tcp,tls CONTAINERS -i https://bucket.test/master?signature=1 ' +
      `-map 0:1 -map 0:1 -map 0:2 ${NO_TAGS} ` +
      '-c:a:0 aac -b:a:0 160k -ac:a:0 2 -ar:a:0 48000 -flags:a:0 +global_header ' +
      '-filter:a:0 aresample=async=1:first_pts=0 -metadata:s:a:0 language=eng -disposition:a:0 default ' +
      '-c:a:1 copy -metadata:s:a:1 language=eng -disposition:a:1 0 ' +
      '-c:s:0 mov_text -metadata:s:s:0 language=ger -disposition:s:0 forced -f mp4 audio.mp4',
  )
  t.notMatch(chunkArguments(1, TRACKS), '-c:a')
})

const join = (plan: EncodingPlan, audio: string | null): string =>
  shorten(plan.rungs.flatMap((rung) => joinArguments(plan, rung, audio)))
const CHUNKS = (height: number): string =>
  '-protocol_whitelist file,http,https,tcp,tls -format_whitelist concat,mov -auto_convert 0 -safe 0 -f concat ' +
  `-i file:${height}.ffconcat`

t.test('the lowest rung is joined with all tracks', async (t) => {
  t.equal(
    join(withRungs(TRACKS, TRACKS.rungs.slice(-1)), '/media/audio'),
    `${CHUNKS(480)} -protocol_whitelist file CONTAINERS -i file:/media/audio -map 0:v:0 -map 1:a:0 -map 1:a:1 ` +
      `-map 1:s:0 ${NO_TAGS} -c:v copy -c:a:0 copy -metadata:s:a:0 language=eng -disposition:a:0 default ` +
      '-c:a:1 copy -metadata:s:a:1 language=eng -disposition:a:1 0 ' +
      '-c:s:0 copy -metadata:s:s:0 language=ger -disposition:s:0 forced -movflags +faststart -f mp4 480.mp4',
  )
})

t.test('another rung is joined with stereo only', async (t) => {
  t.equal(
    join(withRungs(TRACKS, TRACKS.rungs.slice(0, 1)), '/media/audio'),
    `${CHUNKS(720)} -protocol_whitelist file CONTAINERS -i file:/media/audio -map 0:v:0 -map 1:a:0 ${NO_TAGS} ` +
      '-c:v copy -c:a:0 copy -metadata:s:a:0 language=eng -disposition:a:0 default -movflags +faststart -f mp4 720.mp4',
  )
})

t.test('a master without tracks', async (t) => {
  const plan = planOf()
  t.equal(
    join(withRungs(plan, plan.rungs.slice(-1)), null),
    `${CHUNKS(480)} -map 0:v:0 ${NO_TAGS} -c:v copy -movflags +faststart -f mp4 480.mp4`,
  )
})

t.test('the list of chunks has exact times, files and URLs', async (t) => {
  const frameRate = { numerator: 24_000, denominator: 1_001 }
  const chunks = [
    { startFrame: 0, endFrame: 720, location: "/media/it's" },
    { startFrame: 720, endFrame: 1_439, location: new URL('https://bucket.test/a?b=c') },
    { startFrame: 1_439, endFrame: null, location: '/media/last' },
  ]
  t.equal(
    chunkList({ frameRate }, chunks),
    "ffconcat version 1.0\nfile 'file:/media/it'\\''s'\nduration 30030000us\nfile 'https://bucket.test/a?b=c'\n" +
      "duration 29988292us\nfile 'file:/media/last'\n",
  )
})
