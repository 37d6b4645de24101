// The command line of an encoding: one process decodes the master once and writes an MP4 file for each rung. All rungs
// have key frames at the same times, so that players switch between them, and the same audio, which is encoded once.
import { framesPerSecond, type SizedRung, type VideoEncoder } from '../../domain/encoding-ladder.js'
import { MAX_TRUE_PEAK } from '../../domain/loudness.js'
import { rungFileName, type EncodingPlan, type PlannedAudio } from './encoding-plan.js'
import { inputArguments } from './input-arguments.js'
import type { MasterAudio, MasterSubtitle } from './master-info.js'
import { videoEncoderOptions } from './video-encoders.js'

export const KEY_FRAME_SECONDS = 2
/** Tags of the source may contain the location of a camera or the name of a person. */
export const NO_TAGS = ['-map_metadata', '-1', '-map_chapters', '-1']
const AUDIO_KBPS = 160
const AUDIO_HZ = 48_000

export interface EncodingSettings {
  readonly encoder: VideoEncoder
  /** Device file of VA-API. */
  readonly vaapiDevice: string
}

/** Consecutive frames of the renditions; their numbers count from the start of the master. */
export interface FrameRange {
  /** Has a key frame. */
  readonly startFrame: number
  /** Number of this key frame in the master. */
  readonly startKeyFrame: number
  /** Exclusive; null: to the end. */
  readonly endFrame: number | null
}

/**
 * Returns the arguments of ffmpeg. The outputs are in its working folder, see `rungFileName`.
 * @param location of the master: absolute path, or an http or https URL
 * @param range of the video, which is encoded without the other tracks; null: the whole master
 */
export function encodingArguments (
  plan: EncodingPlan,
  location: string | URL,
  { encoder, vaapiDevice }: EncodingSettings,
  range: FrameRange | null = null,
): string[] {
  const { deviceArgs, pixelFilter, commonArgs, qualityArgs } = videoEncoderOptions(encoder, vaapiDevice)
  const frames = String(Math.ceil(framesPerSecond(plan.frameRate) * KEY_FRAME_SECONDS))
  return [
    ...deviceArgs,
    ...(range === null ? [] : [...clockArguments(plan), ...seekArguments(plan, range)]),
    ...inputArguments(location),
    ...['-filter_complex', videoFilters(plan, pixelFilter, range)],
    ...plan.rungs.flatMap((_rung, i) => ['-map', `[v${i}]`]),
    ...(range === null ? [...plan.audio, ...plan.surround, ...plan.subtitles] : [])
      .flatMap(({ stream }) => ['-map', `0:${stream}`]),
    ...NO_TAGS,
    ...['-c:v', encoder, '-profile:v', 'high', ...commonArgs.flatMap(([name, value]) => [`-${name}:v`, value])],
    ...['-g:v', frames, '-force_key_frames:v', `expr:${keyFrameRule(plan, range)}`],
    ...['-flags:v', '+cgop+global_header'],
    ...plan.rungs.flatMap((rung, i) => [
      ...qualityArgs(rung).flatMap(([name, value]) => [`-${name}:v:${i}`, value]),
      ...[`-maxrate:v:${i}`, `${rung.maxKbps}k`, `-bufsize:v:${i}`, `${rung.maxKbps * 2}k`],
    ]),
    ...(range === null ? trackArguments(plan) : []),
    ...[
      '-f',
      'tee',
      plan.rungs.map((_rung, i) => range === null ? teeOutput(plan, i) : chunkOutput(plan, i)).join('|'),
    ],
  ]
}

/**
 * Times count from the start of the master, as in an encoding of all its tracks, so that the same frames are chosen.
 * ffmpeg starts transport streams where the first of the tracks starts that it reads. A chunk has not all of them: it
 * needs the time itself. ffmpeg 5 replaces the time at which the file starts by its own; one microsecond less than that
 * is the same time in the clock of the stream, which counts by 11.
 */
export function clockArguments ({ clock }: Pick<EncodingPlan, 'clock'>): string[] {
  return ['-copyts', ...(clock.isTransportStream ? ['-itsoffset', `${1 - clock.start}us`] : ['-start_at_zero'])]
}

function seekArguments ({ seekMarginMs }: EncodingPlan, range: FrameRange): string[] {
  const seconds = Math.max(0, range.startKeyFrame * KEY_FRAME_SECONDS - seekMarginMs / 1_000)
  return seconds === 0 ? [] : ['-noaccurate_seek', '-ss', String(seconds)]
}

/** A range has its key frames at the times of the master. */
function keyFrameRule ({ frameRate }: EncodingPlan, range: FrameRange | null): string {
  if (range === null || range.startFrame === 0) return `gte(t,n_forced*${KEY_FRAME_SECONDS})`
  const start = `${range.startFrame}*${frameRate.denominator}/${frameRate.numerator}`
  return `gte(t+${start},(n_forced+${range.startKeyFrame})*${KEY_FRAME_SECONDS})`
}

/** Options of the tracks besides the video. */
export function trackArguments ({ audio, surround, subtitles }: EncodingPlan): string[] {
  return [
    ...audio.flatMap(stereoArguments),
    ...surround.flatMap((track, i) => copiedAudioArguments(track, audio.length + i)),
    ...subtitles.flatMap((subtitle, i) => subtitleArguments(subtitle, i, 'mov_text')),
  ]
}

/** The same for tracks that are encoded already. */
export function copiedTrackArguments ({ audio, surround, subtitles }: EncodingPlan): string[] {
  return [
    ...[...audio, ...surround].flatMap(copiedAudioArguments),
    ...subtitles.flatMap((subtitle, i) => subtitleArguments(subtitle, i, 'copy')),
  ]
}

/** Filters the decoded picture once, then scales it for each rung. ffmpeg turns the picture itself. */
function videoFilters (
  { video, frameRate, rungs }: EncodingPlan,
  pixelFilter: string,
  range: FrameRange | null,
): string {
  const { numerator, denominator } = frameRate
  const common = [
    ...(video.isInterlaced ? ['bwdif=mode=send_frame'] : []),
    // From 0, also if the first frame is later: audio and video of all rungs start together.
    `fps=fps=${numerator}/${denominator}:start_time=0`,
    ...(range === null ? [] : rangeFilters(range)),
    ...(video.range === 'sdr' ? [] : toneMapping(video.range)),
    `split=${rungs.length}${rungs.map((_rung, i) => `[s${i}]`).join('')}`,
  ].join(',')
  const scaled = rungs.map(({ width, pictureHeight }, i) =>
    `[s${i}]scale=${width}:${pictureHeight}:flags=lanczos,setsar=1,${pixelFilter}[v${i}]`
  )
  return [`[0:${video.stream}]${common}`, ...scaled].join(';')
}

/** Selects frames of the constant rate, which are numbered from the start of the master. */
function rangeFilters ({ startFrame, endFrame }: FrameRange): string[] {
  const end = endFrame === null ? '' : `:end_frame=${endFrame}`
  return [`trim=start_frame=${startFrame}${end}`, 'setpts=PTS-STARTPTS']
}

/** HDR to SDR. The properties of the input are named, because files often leave out some of them. */
function toneMapping (range: 'pq' | 'hlg'): string[] {
  const transfer = range === 'pq' ? 'smpte2084' : 'arib-std-b67'
  return [
    `zscale=pin=bt2020:tin=${transfer}:min=bt2020nc:t=linear:npl=100`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=tv',
    'format=yuv420p',
  ]
}

function stereoArguments (track: PlannedAudio, i: number): string[] {
  return [
    ...[`-c:a:${i}`, 'aac', `-b:a:${i}`, `${AUDIO_KBPS}k`, `-ac:a:${i}`, '2', `-ar:a:${i}`, String(AUDIO_HZ)],
    ...[`-flags:a:${i}`, '+global_header', `-filter:a:${i}`, stereoFilters(track).join(',')],
    ...trackMetadata(track, `a:${i}`),
    ...[`-disposition:a:${i}`, disposition(track.kind, i)],
  ]
}

/** The gain is that of the stereo version, which was measured. */
function stereoFilters ({ loudness }: PlannedAudio): string[] {
  // Silence where the source has none, so that audio and video stay together.
  const synchronised = 'aresample=async=1:first_pts=0'
  if (loudness === null) return [synchronised]
  const limit = (10 ** (MAX_TRUE_PEAK / 20)).toFixed(3)
  return [
    synchronised,
    'aformat=channel_layouts=stereo',
    `volume=${loudness.gain}dB`,
    ...(loudness.needsLimiter ? [`alimiter=limit=${limit}:level=disabled`] : []),
  ]
}

/** Decoders of AC-3 apply the loudness that its metadata state (dialnorm). */
function copiedAudioArguments (track: MasterAudio, i: number): string[] {
  return [`-c:a:${i}`, 'copy', ...trackMetadata(track, `a:${i}`), `-disposition:a:${i}`, disposition(track.kind, i)]
}

function trackMetadata (
  { languageCode, name }: Pick<MasterAudio, 'languageCode' | 'name'>,
  stream: string,
): string[] {
  return [
    ...(languageCode === null ? [] : [`-metadata:s:${stream}`, `language=${languageCode}`]),
    ...(name === null ? [] : [`-metadata:s:${stream}`, `title=${name}`]),
  ]
}

function subtitleArguments (subtitle: MasterSubtitle, i: number, codec: 'mov_text' | 'copy'): string[] {
  const isForced = subtitle.kind === 'forced'
  const metadata = trackMetadata(subtitle, `s:${i}`)
  return [`-c:s:${i}`, codec, ...metadata, `-disposition:s:${i}`, isForced ? 'forced' : '0']
}

function disposition (kind: MasterAudio['kind'], index: number): string {
  if (kind === 'commentary') return 'comment'
  if (kind === 'description') return 'visual_impaired+descriptions'
  return index === 0 ? 'default' : '0'
}

/** One output of the muxer that writes the encoded streams to several files, which removes one level of quotes. */
function teeOutput ({ rungs, audio, surround, subtitles }: EncodingPlan, i: number): string {
  const isLowest = i === rungs.length - 1
  const hasMore = surround.length + subtitles.length > 0
  const stereo = audio.map((_track, track) => `a:${track}`).join(',')
  const streams = !hasMore ? 'a' : isLowest ? 'a,s' : stereo
  const name = rungFileName(rungs[i] as SizedRung)
  return `[f=mp4:movflags=+faststart:onfail=abort:select=\\'v:${i}${streams === '' ? '' : `,${streams}`}\\']${name}`
}

function chunkOutput ({ rungs }: EncodingPlan, i: number): string {
  return `[f=mp4:onfail=abort:select=\\'v:${i}\\']${rungFileName(rungs[i] as SizedRung)}`
}
