// What the parts of a running service share: made once in app.ts, passed in, never imported as globals.
import type { FastifyBaseLogger } from 'fastify'
import type { AccountAccess } from './accounts/access.js'
import type { AuditLog } from './audit/audit-log.js'
import type { Catalogue } from './catalogue/store/catalogue.js'
import type { BackgroundTasks } from './jobs/background-tasks.js'
import type { ChangeFeedBroadcaster } from './changes/change-feed-broadcaster.js'
import type { Config } from './config.js'
import type { Trends } from './home/trends.js'
import type { LeaseCheck } from './media/delivery/lease-check.js'
import type { Mailer } from './mail/mailer.js'
import type { KeyRing } from './security/key-ring.js'
import type { CursorCodec } from './security/cursors.js'
import type { PasswordHasher } from './security/password-hashing.js'
import type { PackageIndexes } from './media/packaging/package-index.js'
import type { Packaging } from './media/packaging/packaging.js'
import type { ResumableUploads } from './media/upload/resumable-uploads.js'
import type { TitleSearch } from './search/title-search.js'
import type { MediaStorage } from './storage/storage.js'
import type { WatchingDeps } from './watching/watching.js'

export interface Services {
  readonly config: Config
  readonly log: FastifyBaseLogger
  readonly keys: KeyRing
  readonly cursors: CursorCodec
  readonly hasher: PasswordHasher
  readonly mailer: Mailer
  readonly background: BackgroundTasks
  readonly audit: AuditLog
  readonly storage: MediaStorage
  readonly packaging: Packaging
  readonly packages: PackageIndexes
  readonly uploads: ResumableUploads
  readonly catalogue: Catalogue
  readonly search: TitleSearch
  readonly access: AccountAccess
  readonly leases: LeaseCheck
  readonly watching: WatchingDeps
  readonly trends: Trends
  /** Who waits for changes in this process. */
  readonly hub: ChangeFeedBroadcaster
  /** The clock; tests set it. */
  now(): Date
}
