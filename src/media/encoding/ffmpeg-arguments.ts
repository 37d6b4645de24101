// The command line of an encoding: one process decodes the master once and writes an MP4 file for each rung. All rungs
// have key frames at the same times, so that players switch between them, and the same audio, which is encoded once.
import { framesPerSecond, type SizedRung, type VideoEncoder } from '../../domain/encoding-ladder.js'
import { rungFileName, type EncodingPlan } from './encoding-plan.js'
import { inputArguments } from './input-arguments.js'
import type { MasterAudio } from './master-info.js'
import { videoEncoderOptions } from './video-encoders.js'

const KEY_FRAME_SECONDS = 2
const AUDIO_KBPS = 160
const AUDIO_HZ = 48_000

export interface EncodingSettings {
  readonly encoder: VideoEncoder
  /** Device file of VA-API. */
  readonly vaapiDevice: string
}

/**
 * Returns the arguments of ffmpeg. The outputs are in its working folder, see `rungFileName`.
 * @param location of the master: absolute path, or an http or https URL
 */
export function encodingArguments (
  plan: EncodingPlan,
  location: string | URL,
  { encoder, vaapiDevice }: EncodingSettings,
): string[] {
  const { deviceArgs, pixelFilter, commonArgs, qualityArgs } = videoEncoderOptions(encoder, vaapiDevice)
  const frames = String(Math.ceil(framesPerSecond(plan.frameRate) * KEY_FRAME_SECONDS))
  return [
    ...deviceArgs,
    ...inputArguments(location),
    ...['-filter_complex', videoFilters(plan, pixelFilter)],
    ...plan.rungs.flatMap((_rung, i) => ['-map', `[v${i}]`]),
    ...plan.audio.flatMap(({ stream }) => ['-map', `0:${stream}`]),
    // Tags of the source may contain the location of a camera or the name of a person.
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-c:v', encoder, '-profile:v', 'high', ...commonArgs.flatMap(([name, value]) => [`-${name}:v`, value])],
    ...['-g:v', frames, '-force_key_frames:v', `expr:gte(t,n_forced*${KEY_FRAME_SECONDS})`],
    ...['-flags:v', '+cgop+global_header'],
    ...plan.rungs.flatMap((rung, i) => [
      ...qualityArgs(rung).flatMap(([name, value]) => [`-${name}:v:${i}`, value]),
      ...[`-maxrate:v:${i}`, `${rung.maxKbps}k`, `-bufsize:v:${i}`, `${rung.maxKbps * 2}k`],
    ]),
    ...(plan.audio.length === 0 ? [] : audioArguments(plan.audio)),
    ...['-f', 'tee', plan.rungs.map(teeOutput).join('|')],
  ]
}

/** Filters the decoded picture once, then scales it for each rung. ffmpeg turns the picture itself. */
function videoFilters ({ video, frameRate, rungs }: EncodingPlan, pixelFilter: string): string {
  const { numerator, denominator } = frameRate
  const common = [
    ...(video.isInterlaced ? ['bwdif=mode=send_frame'] : []),
    // From 0, also if the first frame is later: audio and video of all rungs start together.
    `fps=fps=${numerator}/${denominator}:start_time=0`,
    ...(video.range === 'sdr' ? [] : toneMapping(video.range)),
    `split=${rungs.length}${rungs.map((_rung, i) => `[s${i}]`).join('')}`,
  ].join(',')
  const scaled = rungs.map(({ width, pictureHeight }, i) =>
    `[s${i}]scale=${width}:${pictureHeight}:flags=lanczos,setsar=1,${pixelFilter}[v${i}]`
  )
  return [`[0:${video.stream}]${common}`, ...scaled].join(';')
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

function audioArguments (audio: readonly MasterAudio[]): string[] {
  return [
    ...['-c:a', 'aac', '-b:a', `${AUDIO_KBPS}k`, '-ac', '2', '-ar', String(AUDIO_HZ), '-flags:a', '+global_header'],
    // Silence where the source has none, so that audio and video stay together.
    ...['-filter:a', 'aresample=async=1:first_pts=0'],
    ...audio.flatMap(({ languageCode, kind, name }, i) => [
      ...(languageCode === null ? [] : [`-metadata:s:a:${i}`, `language=${languageCode}`]),
      ...(name === null ? [] : [`-metadata:s:a:${i}`, `title=${name}`]),
      ...[`-disposition:a:${i}`, disposition(kind, i)],
    ]),
  ]
}

function disposition (kind: MasterAudio['kind'], index: number): string {
  if (kind === 'commentary') return 'comment'
  if (kind === 'description') return 'visual_impaired+descriptions'
  return index === 0 ? 'default' : '0'
}

/** One output of the muxer that writes the encoded streams to several files, which removes one level of quotes. */
function teeOutput (rung: SizedRung, i: number): string {
  return `[f=mp4:movflags=+faststart:onfail=abort:select=\\'v:${i},a\\']${rungFileName(rung)}`
}
