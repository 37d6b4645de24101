// Measures the audio of a master before it is encoded, so that one constant gain brings each track to the loudness that
// the service is configured for. It decodes the audio only.
import type { StoredEncodingJob } from '../../../models/encoding-job.js'
import { gainFor, type Loudness } from '../../domain/loudness.js'
import type { EncodingDeps } from './encoding-deps.js'
import type { EncodingPlan, PlannedAudio } from './encoding-plan.js'
import { inputArguments } from './input-arguments.js'
import { requireSuccess } from './plan-master.js'

/** Plans the gains that bring the audio to the loudness that is configured. */
export async function measureLoudness (
  { config, encoder, storage }: Pick<EncodingDeps, 'config' | 'encoder' | 'storage'>,
  job: StoredEncodingJob,
  plan: EncodingPlan,
  folder: string,
  signal: AbortSignal,
): Promise<EncodingPlan> {
  const { loudness } = config.encoding
  if (loudness === 'off' || plan.audio.length === 0) return plan
  const args = loudnessArguments(plan, await storage.locate(job.storageKey))
  const result = await encoder.encode(args, { folder, durationMs: plan.durationMs, signal })
  requireSuccess(result)
  return { ...plan, audio: withGains(plan.audio, result.logTail, Number(loudness)) }
}

/** Arguments of ffmpeg, which prints a summary of each track to its log. */
export function loudnessArguments ({ audio }: EncodingPlan, location: string | URL): string[] {
  const filters = audio.map(({ stream }, i) =>
    `[0:${stream}]aformat=channel_layouts=stereo,ebur128@track${i}=peak=true:framelog=verbose[l${i}]`
  )
  return [
    ...inputArguments(location),
    ...['-filter_complex', filters.join(';')],
    ...audio.flatMap((_track, i) => ['-map', `[l${i}]`]),
    ...['-f', 'null', '-', '-loglevel', 'info'],
  ]
}

/**
 * Gives each track the gain to a loudness.
 * @param log of ffmpeg; a track without a summary stays as it is
 * @param target LUFS
 */
export function withGains (audio: readonly PlannedAudio[], log: string, target: number): PlannedAudio[] {
  return audio.map((track, i) => {
    const loudness = readSummary(log, i)
    return loudness === null ? track : { ...track, loudness: gainFor(loudness, target) }
  })
}

function readSummary (log: string, track: number): Loudness | null {
  // ffmpeg creates each filter twice, and the first one prints an empty summary.
  const summaries = log.split(new RegExp(`^\\[ebur128@track${track} @ [^\\]]*\\] Summary:`, 'm'))
  const summary = summaries.length < 2 ? '' : summaries.at(-1) ?? ''
  const integrated = Number(/I: +(-?[\d.]+) LUFS/.exec(summary)?.[1] ?? Number.NaN)
  const peak = /Peak: +(\S+) dBFS/.exec(summary)?.[1] ?? '0'
  if (Number.isNaN(integrated)) return null
  return { integrated, truePeak: peak === '-inf' ? Number.NEGATIVE_INFINITY : Number(peak) }
}
