// Builds every stateful object of a process once: the server, the command line and the tests use the same container.
import type { FastifyBaseLogger } from 'fastify'
import { canEditTitles, createAccountAccess, type AccountAccess } from './accounts/access.js'
import { createTokenAuthentication, type TokenAuthentication } from './accounts/token-authentication.js'
import { createAuditLog, type AuditLog } from './audit/audit-log.js'
import { createCountCache, type CountCache } from './catalogue/cache/count-cache.js'
import { createListCache, type ListCache } from './catalogue/cache/list-cache.js'
import { createResponseCache, type ResponseCache } from './catalogue/cache/response-cache.js'
import { createTitleDetails, type TitleDetails } from './catalogue/cache/title-details.js'
import { createLanguageNegotiation, type LanguageNegotiation } from './catalogue/queries/localise.js'
import { createSavedSnapshots } from './catalogue/store/saved-snapshots.js'
import { createCatalogue, type OpenableCatalogue } from './catalogue/store/snapshot.js'
import { createChangeFeedBroadcaster, type ChangeFeedBroadcaster } from './changes/change-feed-broadcaster.js'
import { createTitleChangePublisher, type PublishTitleChange } from './changes/publish-title-change.js'
import { createChangeReader, type ChangeReader } from './changes/read-changes.js'
import type { Config } from './config.js'
import { createChangeWatch } from './database/change-watch.js'
import { connectDatabase, disconnectDatabase } from './database/connection.js'
import { createHome, type Home } from './home/home.js'
import { createSimilarTitles, type FindSimilar } from './home/similar-titles.js'
import { createTrends, type Trends } from './home/trends.js'
import { createBackgroundTasks, type BackgroundTasks } from './jobs/background-tasks.js'
import { createSnapshotSaver, type SnapshotSaver } from './jobs/save-snapshot.js'
import { createScheduledJobs } from './jobs/scheduled-jobs.js'
import type { Scheduler } from './jobs/scheduler.js'
import { createMailer, type Mailer } from './mail/mailer.js'
import { createOutbox, type Outbox } from './mail/outbox.js'
import { createLeaseCheck, type LeaseCheck } from './media/delivery/lease-check.js'
import { createReadRenewal, type ReadRenewal } from './media/delivery/read-renewal.js'
import { createEncoder, type Encoder } from './media/encoding/encoder.js'
import { createEncoding, type Encoding } from './media/encoding/encoding.js'
import { createMarkerDetection, type MarkerDetection } from './media/markers/marker-detection.js'
import { createPackageIndexes, type PackageIndexes } from './media/packaging/package-index.js'
import { createMediaPackager } from './media/packaging/packager.js'
import { createPackaging, type Packaging } from './media/packaging/packaging.js'
import { createImageSizes, type ImageSizes } from './media/images/image-sizes.js'
import { createMediaProber, type MediaProber } from './media/probing/prober.js'
import { createSubtitleReader, type SubtitleReader } from './media/sidecar/subtitle-reader.js'
import { createResumableUploads, type ResumableUploads } from './media/upload/resumable-uploads.js'
import { openUploadArea } from './media/upload/open-upload-area.js'
import { createTitleSearch, type TitleSearch } from './search/title-search.js'
import { createCursorCodec, type CursorCodec } from './security/cursors.js'
import { createKeyRing, type KeyRing } from './security/key-ring.js'
import { createPasswordHasher, type PasswordHasher } from './security/password-hashing.js'
import { createErrorCounts, type ErrorCounts } from './statistics/error-counts.js'
import { createStorageStatistics, type StorageStatistics } from './statistics/storage-statistics.js'
import { measureStorage } from './storage/measured-storage.js'
import { openStorage } from './storage/open-storage.js'
import type { MediaStorage } from './storage/storage.js'
import { createCardTexts, type CardTexts } from './views/card-texts.js'
import { createKnownTitles } from './watching/history/known-titles.js'
import { createFlushSchedule, type FlushSchedule } from './watching/streams/flush-schedule.js'
import { createStreamItems, type StreamItems } from './watching/streams/stream-items.js'
import type { WatchingDeps } from './watching/deps.js'
import { createProfileStates } from './watching/profile-states.js'
import type { WebhookOutbox } from './webhooks/outbox.js'
import { createWebhooks, type Webhooks } from './webhooks/webhooks.js'
import { createHistoryFileReader, type HistoryFileReader } from './watching/import/history-file-reader.js'

export interface ContainerOptions {
  readonly log: FastifyBaseLogger
  /** The clock; the system clock by default. */
  readonly now?: () => Date
  /** False: media files are packaged and webhooks sent only when a job runs. */
  readonly isEager?: boolean
}

export interface Container {
  readonly config: Config
  readonly log: FastifyBaseLogger
  readonly keys: KeyRing
  readonly cursors: CursorCodec
  readonly hasher: PasswordHasher
  readonly mailer: Mailer
  readonly outbox: Outbox
  readonly background: BackgroundTasks
  readonly audit: AuditLog
  readonly storage: MediaStorage
  readonly prober: MediaProber
  readonly subtitleReader: SubtitleReader
  readonly historyFiles: HistoryFileReader
  readonly encoder: Encoder
  readonly encoding: Encoding
  readonly markerDetection: MarkerDetection
  readonly packaging: Packaging
  readonly packages: PackageIndexes
  readonly uploads: ResumableUploads
  readonly imageSizes: ImageSizes
  readonly catalogue: OpenableCatalogue
  readonly publishTitleChange: PublishTitleChange
  readonly titleDetails: TitleDetails
  readonly counts: CountCache
  readonly lists: ListCache
  readonly cardTexts: CardTexts
  readonly responseCache: ResponseCache
  readonly languages: LanguageNegotiation
  readonly search: TitleSearch
  readonly access: AccountAccess
  readonly tokens: TokenAuthentication
  readonly leases: LeaseCheck
  readonly readRenewal: ReadRenewal
  readonly watching: WatchingDeps
  readonly flushSchedule: FlushSchedule
  readonly streamItems: StreamItems
  readonly trends: Trends
  readonly findSimilar: FindSimilar
  readonly homePage: Home
  readonly changeReader: ChangeReader
  readonly changeFeeds: ChangeFeedBroadcaster
  readonly jobs: Scheduler
  readonly snapshotSaver: SnapshotSaver
  readonly errorCounts: ErrorCounts
  readonly storageStatistics: StorageStatistics
  /** Stores events for webhooks. */
  readonly events: WebhookOutbox
  readonly webhooks: Webhooks
  now(): Date
  /** Connects to the database at `config.mongodbUri`. */
  connect(): Promise<void>
  /** Connects and loads the catalogue. */
  open(): Promise<void>
  /** Stops the jobs, finishes work in progress and closes every object. */
  close(): Promise<void>
}

/** @throws ConfigError when the storage cannot be used */
export async function buildContainer (
  config: Config,
  { log, now = () => new Date(), isEager = true }: ContainerOptions,
): Promise<Container> {
  const keys = createKeyRing(config.signingKeys)
  const hasher = createPasswordHasher({ pepper: config.passwordPepper, cost: config.bcryptCost })
  const mailer = createMailer(config, log, now)
  const outbox = createOutbox({ keys, mailer, log, now })
  const background = createBackgroundTasks(log)
  const audit = createAuditLog({ log, background, retentionDays: config.auditDays, now })
  const errorCounts = createErrorCounts({ log, now })
  const watch = createChangeWatch(log)
  const access = createAccountAccess({ watch, now })
  const tokens = createTokenAuthentication({ watch, access, background, now })
  const webhooks = createWebhooks({ config, keys, audit, watch, background, log, now }, isEager)
  const events = webhooks.outbox
  const storage = measureStorage(
    await openStorage(config, (message) => {
      log.warn(message)
    }),
  )
  const snapshots = createSavedSnapshots(storage)
  const catalogue = createCatalogue({ watch, log, snapshots })
  const leases = createLeaseCheck({
    catalogue,
    now,
    canPreview: async (accountId, sessionId) =>
      await access.isSessionLive(sessionId, accountId) && canEditTitles(await access.findAccount(accountId)),
  })
  const publishTitleChange = createTitleChangePublisher({ catalogue, log })
  const search = createTitleSearch({
    catalogue,
    log,
    async readSnapshot () {
      const restoration = catalogue.restoration()
      if (restoration === null) return null
      const { snapshot, changedTitleIds } = restoration
      return { file: await snapshots.read(snapshot, 'search'), changedTitleIds }
    },
  })
  const snapshotSaver = createSnapshotSaver({ catalogue, search, watch, snapshots, now })
  const trends = createTrends()
  const findSimilar = createSimilarTitles(catalogue, trends)
  const warn = (error: unknown, message: string): void => {
    log.warn({ err: error }, message)
  }
  const watching: WatchingDeps = {
    catalogue,
    states: createProfileStates(watch, catalogue),
    knownTitles: createKnownTitles(),
    plans: config.plans,
    events,
    now,
    warn,
  }
  const media = { catalogue, publishTitleChange, storage, events, log, now }
  const prober = createMediaProber()
  const subtitleReader = createSubtitleReader()
  const historyFiles = createHistoryFileReader()
  const encoder = createEncoder(config)
  const isMediaWorker = config.role !== 'api'
  const packaging = createPackaging(media, createMediaPackager(), isEager && isMediaWorker)
  const encoding = createEncoding(
    { ...media, config, encoder, prober, packaging, subtitleReader },
    isEager && isMediaWorker,
  )
  const markerDetection = createMarkerDetection({ ...media, config, encoder }, isEager && isMediaWorker)
  const area = await openUploadArea(config, storage)
  const uploads = createResumableUploads({ ...media, config, area, packaging, prober, encoder, encoding })
  const accounts = { config, log, keys, hasher, outbox, background, audit, access, leases, events, now }
  const jobs = createScheduledJobs({
    ...accounts,
    mailer,
    ...media,
    packaging,
    encoding,
    markerDetection,
    prober,
    uploads,
    watching,
    trends,
    snapshotSaver,
    webhooks: webhooks.sender,
  })
  let isConnected = false

  async function connect (): Promise<void> {
    if (isConnected) return
    if (config.mongodbUri === null) throw new Error('the container needs the URI of a database')
    await connectDatabase(config.mongodbUri)
    isConnected = true
  }

  return {
    ...accounts,
    tokens,
    mailer,
    ...media,
    cursors: createCursorCodec(keys),
    readRenewal: createReadRenewal(now),
    imageSizes: createImageSizes(media),
    prober,
    subtitleReader,
    historyFiles,
    encoder,
    encoding,
    markerDetection,
    packaging,
    packages: createPackageIndexes(storage),
    uploads,
    titleDetails: createTitleDetails(catalogue),
    counts: createCountCache(catalogue),
    lists: createListCache(catalogue),
    cardTexts: createCardTexts(),
    responseCache: createResponseCache(),
    languages: createLanguageNegotiation(config.catalogueLanguage),
    search,
    watching,
    flushSchedule: createFlushSchedule(),
    streamItems: createStreamItems(),
    trends,
    findSimilar,
    homePage: createHome({ watching, catalogue, trends, findSimilar }),
    changeReader: createChangeReader({ catalogue, now }),
    changeFeeds: createChangeFeedBroadcaster({ watch, log, now }),
    jobs,
    snapshotSaver,
    errorCounts,
    storageStatistics: createStorageStatistics(now),
    webhooks,
    connect,
    async open () {
      await connect()
      // The catalogue follows the watch: changes during its load are applied after it.
      await watch.open()
      await catalogue.open()
    },
    async close () {
      await jobs.stop()
      await uploads.close()
      await encoding.close()
      await markerDetection.close()
      await encoder.close()
      await packaging.close()
      await prober.close()
      await subtitleReader.close()
      await historyFiles.close()
      await webhooks.sender.close()
      await background.onIdle()
      await mailer.close()
      await search.close()
      await catalogue.close()
      await watch.close()
      await hasher.close()
      await errorCounts.close()
      if (isConnected) await disconnectDatabase()
    },
  }
}
