// Detects the intro and the credits of the episodes of each season in the background, one season at a time. A process
// claims each detection; after a crash the claim expires, and another attempt of any process starts again.
import mongoose, { Types } from 'mongoose'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { EncodingJob } from '../../../models/encoding-job.js'
import { MarkerDetection as DetectionModel, type StoredMarkerDetection } from '../../../models/marker-detection.js'
import type { StoredFailure } from '../../../models/media.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { SharedPart } from '../../domain/common-audio.js'
import { DomainError, fail, notFound } from '../../errors.js'
import { EncoderUnavailableError } from '../encoding/encoder.js'
import { ProgramStoppedError } from '../encoding/run-program.js'
import { createAttemptQueue, runAttempt, type AttemptRun } from '../attempts.js'
import { createLimitedWorker } from '../limited-worker.js'
import type { CompareTask } from './compare-worker.js'
import { DetectionFailedError, detectSeason, type DetectionDeps } from './detect-season.js'
import {
  detectionAttempts,
  findDetection,
  findFilesHashes,
  saveChangedFiles,
  saveRequest,
  type RunningDetection,
} from './detection-state.js'
import { findFingerprintProgram, type FingerprintProgram } from './fingerprint-audio.js'
import { saveMarkers } from './save-markers.js'
import { listSeasonFiles, MIN_EPISODES, type SeasonFiles } from './season-files.js'

/** For all pairs of a season. */
const COMPARE_TIME_LIMIT_MS = 5 * 60_000
const COMPARE_HEAP_LIMIT_MB = 512
/** Time between two attempts of a detection that waits for masters of its season, or for the storage. */
const WAIT_RETRY_MS = 60_000
/** Time between two attempts of a detection whose program is missing. Their number is not limited. */
const SKIPPED_RETRY_MS = 60 * 60_000
/** After the start, all shows are checked: requests are answered in between. */
const SHOWS_BETWEEN_PAUSES = 20
const TOO_MANY_CRASHES = {
  code: 'detection-failed',
  text: 'Each attempt ended with a crash of the service. Its log may say why.',
} as const

export interface MarkerDetection {
  /** Which program computes fingerprints. It is looked up once. */
  program(): Promise<FingerprintProgram>
  /**
   * Queues the detection of a season now, for the files that it has.
   * @throws DomainError 404 `not-found`
   */
  request(titleId: string, season: number): Promise<StoredMarkerDetection>
  /** Queues the seasons whose files have changed, and runs the detections that are due. */
  processPending(): Promise<void>
  /** Resolves when no season is being compared. */
  onIdle(): Promise<void>
  close(): Promise<void>
}

/**
 * Creates the queue of detections.
 * @param isEager false: only `processPending` starts them
 */
export function createMarkerDetection (
  deps: DetectionDeps,
  isEager = true,
  findProgram = findFingerprintProgram,
): MarkerDetection {
  const { catalogue, encoder, log, now } = deps
  const shutdown = new AbortController()
  const worker = createLimitedWorker<CompareTask, Array<SharedPart | null>>(
    new URL('./compare-worker.js', import.meta.url),
    { timeLimitMs: COMPARE_TIME_LIMIT_MS, heapLimitMb: COMPARE_HEAP_LIMIT_MB },
  )
  /** What the last check has seen: of the catalogue, and of each show. */
  let checkedGeneration: number | null = null
  const checkedVersions = new Map<string, number>()
  let program: Promise<FingerprintProgram> | null = null

  async function findProgramOnce (): Promise<FingerprintProgram> {
    program ??= findProgram(encoder)
    return await program
  }

  /** Reads the files of shows that changed since the last check. */
  async function queueChangedSeasons (): Promise<void> {
    const generation = catalogue.generation()
    if (generation === checkedGeneration) return
    let checkedCount = 0
    for (const title of catalogue.titles()) {
      const version = catalogue.titleVersion(title.id)
      if (title.kind !== 'show' || checkedVersions.get(title.id) === version) continue
      if (catalogue.canHaveFiles(title.id)) await queueChangedSeasonsOf(title)
      checkedVersions.set(title.id, version)
      if (++checkedCount % SHOWS_BETWEEN_PAUSES === 0) await nextTurn()
    }
    checkedGeneration = generation
  }

  async function queueChangedSeasonsOf (title: CatalogueTitle): Promise<void> {
    const id = new Types.ObjectId(title.id)
    const stored = await findFilesHashes(id)
    for (const { season, episodes, filesHash } of listSeasonFiles(catalogue, title)) {
      if (episodes.length < MIN_EPISODES || stored.get(season) === filesHash) continue
      await saveChangedFiles({ title: id, season }, filesHash, now())
    }
  }

  const attemptRun: AttemptRun<StoredMarkerDetection> = {
    attempts: detectionAttempts,
    now,
    shutdown: shutdown.signal,
    tooManyCrashes: TOO_MANY_CRASHES,
    run: runClaimed,
    saveError,
  }
  const queue = createAttemptQueue<StoredMarkerDetection>({
    listDue: async () => await detectionAttempts.listDue(now()),
    run: async (detection) => {
      await runAttempt(attemptRun, detection)
    },
    onError (error) {
      // The claim expires: the next run of the job tries again.
      log.warn({ err: error }, 'the detection of markers failed; it will be tried again')
    },
    shutdown: shutdown.signal,
  })

  async function runClaimed (attempt: RunningDetection, signal: AbortSignal): Promise<void> {
    const { title, season } = attempt.job
    const files = findSeasonFiles(title.toString(), season)
    if (files === null) {
      await DetectionModel.deleteOne({ _id: attempt.job._id })
      return
    }
    if (await hasUnencodedMasters(files, title)) {
      await detectionAttempts.saveWait(attempt, { failure: null, delayMs: WAIT_RETRY_MS }, now())
      return
    }
    const found = await findProgramOnce()
    if (found.kind === 'none') {
      await skip(attempt, { code: found.code, text: found.reason })
      return
    }
    const isComparable = files.episodes.length >= MIN_EPISODES
    const markers = isComparable ? await detectSeason(deps, worker, found, attempt, files.episodes, signal) : []
    if (!await detectionAttempts.hasClaim(attempt)) throw new ProgramStoppedError()
    await saveMarkers(deps, title.toString(), markers)
    await detectionAttempts.saveSuccess(attempt, {
      comparedEpisodes: markers.length,
      introEpisodes: markers.filter(({ intro }) => intro !== null).length,
      creditsEpisodes: markers.filter(({ credits }) => credits !== null).length,
      detectedAt: now(),
    })
  }

  async function skip (attempt: RunningDetection, failure: StoredFailure): Promise<void> {
    await detectionAttempts.saveWait(attempt, { failure, delayMs: SKIPPED_RETRY_MS, state: 'skipped' }, now())
  }

  /** Null when the season has been deleted. */
  function findSeasonFiles (titleId: string, season: number): SeasonFiles | null {
    const title = catalogue.findTitle(titleId)
    if (title?.kind !== 'show' || !title.items.some((item) => item.season === season)) return null
    const files = listSeasonFiles(catalogue, title).find((one) => one.season === season)
    return files ?? { season, episodes: [], filesHash: '' }
  }

  /** Masters of the season that are encoded soon: their episodes are compared with the others then. */
  async function hasUnencodedMasters ({ season }: SeasonFiles, title: Types.ObjectId): Promise<boolean> {
    const jobs = await EncodingJob.find({ title, state: mongoose.trusted({ $in: ['waiting', 'running'] }) } as never)
      .select('item').lean<Array<{ item: Types.ObjectId }>>()
    return jobs.some(({ item }) => catalogue.findItem(item.toString())?.season === season)
  }

  async function saveError (attempt: RunningDetection, error: unknown): Promise<void> {
    if (error instanceof EncoderUnavailableError) {
      await skip(attempt, { code: 'encoder-unavailable', text: error.message })
      return
    }
    if (error instanceof DomainError && error.code === 'storage-unavailable') {
      const failure = { code: error.code, text: error.detail }
      await detectionAttempts.saveWait(attempt, { failure, delayMs: WAIT_RETRY_MS }, now())
      return
    }
    const isKnown = error instanceof DetectionFailedError
    if (!isKnown) log.warn({ err: error }, 'an attempt to detect markers failed')
    const text = isKnown
      ? error.message
      : error instanceof DomainError
      ? error.detail
      : 'The service could not compare the episodes.'
    const failure = { code: 'detection-failed', text }
    await detectionAttempts.saveFailure(attempt, { failure, logTail: isKnown ? error.logTail : '' }, now())
  }

  return {
    program: findProgramOnce,
    async request (titleId, season) {
      const files = findSeasonFiles(titleId, season) ?? fail(notFound('season'))
      const key = { title: new Types.ObjectId(titleId), season }
      await saveRequest(key, files.filesHash, now())
      if (isEager) queue.start()
      return await findDetection(key) ?? fail(notFound('season'))
    },
    async processPending () {
      await queueChangedSeasons()
      queue.start()
    },
    async onIdle () {
      await queue.onIdle()
    },
    async close () {
      shutdown.abort()
      await queue.onIdle()
      await worker.close()
    },
  }
}
