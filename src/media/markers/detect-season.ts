// One attempt to detect the markers of a season: fingerprints the beginning and the end of each episode, finds what the
// episodes share, and looks for silence and black frames at its bounds.
import type { Config } from '../../config.js'
import type { RunLimits, SharedPart } from '../../domain/common-audio.js'
import type { MediaDeps } from '../deps.js'
import type { Encoder } from '../encoding/encoder.js'
import { createScratchFolder, removeScratchFolder } from '../encoding/scratch-folders.js'
import type { LimitedWorker } from '../limited-worker.js'
import type { CompareTask } from './compare-worker.js'
import type { RunningDetection } from './detection-state.js'
import { fingerprintAudio, type FingerprintProgram, type FingerprintResult } from './fingerprint-audio.js'
import { readStored } from './read-stored.js'
import { refineCredits, refineIntro } from './refine-bounds.js'
import type { FoundMarkers } from './save-markers.js'
import type { ComparedEpisode } from './season-files.js'

export interface DetectionDeps extends MediaDeps {
  readonly config: Pick<Config, 'dataDir'>
  readonly encoder: Encoder
}

/** The comparison takes the rest of the progress. */
const FINGERPRINT_SHARE = 0.95
/** The intro starts in this part of an episode, and the credits in a part of the same length at its end. */
const MAX_PART_MS = 10 * 60_000
const PART_SHARE = 0.25
/** Short episodes. At most half of the episode, so that the parts do not overlap. */
const MIN_PART_MS = 60_000
const INTRO_LIMITS: RunLimits = { minMs: 15_000, maxMs: 120_000 }
const CREDITS_LIMITS: RunLimits = { minMs: 15_000, maxMs: MAX_PART_MS }

/** An attempt failed; another one may succeed. */
export class DetectionFailedError extends Error {
  constructor (message: string, readonly logTail = '') {
    super(message)
    this.name = 'DetectionFailedError'
  }
}

/**
 * Detects the markers of the episodes of a season.
 * @returns an element for each episode that was compared
 * @throws DetectionFailedError; ProgramStoppedError after an abort; errors of the storage
 */
export async function detectSeason (
  deps: DetectionDeps,
  worker: LimitedWorker<CompareTask, Array<SharedPart | null>>,
  program: Exclude<FingerprintProgram, { kind: 'none' }>,
  running: RunningDetection,
  episodes: readonly ComparedEpisode[],
  signal: AbortSignal,
): Promise<FoundMarkers[]> {
  const { config: { dataDir } } = deps
  const claimId = running.claimId.toString()
  const folder = await createScratchFolder(dataDir, claimId)
  try {
    const compared = await fingerprintEpisodes(deps, program, running, episodes, folder, signal)
    const intros = await compare(worker, compared.map(({ head }) => head), INTRO_LIMITS)
    const credits = await compare(worker, compared.map(({ tail }) => tail), CREDITS_LIMITS)
    const found: FoundMarkers[] = []
    for (const [i, { episode }] of compared.entries()) {
      const [intro, part] = [intros[i] ?? null, credits[i] ?? null]
      const creditsStartMs = part === null ? 0 : tailStartMs(episode) + part.startMs
      found.push({
        itemId: episode.item.id,
        intro: intro === null ? null : { ...intro, ...await refineIntro(deps, episode, intro, folder, signal) },
        credits: part === null ? null : {
          startMs: await refineCredits(deps, episode, creditsStartMs, folder, signal),
          confidence: part.confidence,
        },
      })
    }
    return found
  } finally {
    await removeScratchFolder(dataDir, claimId)
  }
}

interface Fingerprints {
  readonly episode: ComparedEpisode
  readonly head: Uint32Array
  readonly tail: Uint32Array
}

/** Episodes that cannot be read are left out, unless they are most of the season. */
async function fingerprintEpisodes (
  { encoder, storage, log }: DetectionDeps,
  program: Exclude<FingerprintProgram, { kind: 'none' }>,
  running: RunningDetection,
  episodes: readonly ComparedEpisode[],
  folder: string,
  signal: AbortSignal,
): Promise<Fingerprints[]> {
  const compared: Fingerprints[] = []
  let lastLog = ''
  for (const [i, episode] of episodes.entries()) {
    const location = await storage.locate(episode.file.storageKey)
    const common = { location, track: episode.track, durationMs: partMs(episode) }
    const read = async (startMs: number): Promise<FingerprintResult> =>
      await readStored(
        storage,
        episode.file,
        async () => await fingerprintAudio(encoder, program, { ...common, startMs }, folder, signal),
      )
    const head = await read(0)
    const tail = head.ok ? await read(tailStartMs(episode)) : head
    if (head.ok && tail.ok) {
      compared.push({ episode, head: head.points, tail: tail.points })
    } else if (!tail.ok) {
      lastLog = tail.logTail
      log.warn({ itemId: episode.item.id, logTail: lastLog }, 'the audio of an episode was not compared')
    }
    running.progress = (i + 1) / episodes.length * FINGERPRINT_SHARE
  }
  if (compared.length * 2 > episodes.length) return compared
  throw new DetectionFailedError('The audio of most episodes could not be read.', lastLog)
}

const partMs = ({ durationMs }: ComparedEpisode): number =>
  Math.min(MAX_PART_MS, durationMs / 2, Math.max(durationMs * PART_SHARE, MIN_PART_MS))

const tailStartMs = (episode: ComparedEpisode): number => Math.round(episode.durationMs - partMs(episode))

/** In a thread: the comparison of a long season takes seconds. */
async function compare (
  worker: LimitedWorker<CompareTask, Array<SharedPart | null>>,
  fingerprints: readonly Uint32Array[],
  limits: RunLimits,
): Promise<Array<SharedPart | null>> {
  const result = await worker.run({ fingerprints, limits })
  if (result.ok) return result.value
  throw new DetectionFailedError(`The comparison of the episodes ended with ${result.code}.`)
}
