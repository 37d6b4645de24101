// The OpenAPI document without a running service: the routes are put together on parts that do nothing.
import { createAccountAccess } from '../accounts/access.js'
import type { AuditLog } from '../audit/audit-log.js'
import { assemble, createFastify } from '../app.js'
import type { BackgroundTasks } from '../jobs/background-tasks.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import { createChangeFeedBroadcaster } from '../changes/change-feed-broadcaster.js'
import { loadConfig } from '../config.js'
import type { Trends } from '../home/trends.js'
import { createLeaseCheck } from '../media/delivery/lease-check.js'
import type { PackageIndexes } from '../media/packaging/package-index.js'
import type { Packaging } from '../media/packaging/packaging.js'
import type { Mailer } from '../mail/mailer.js'
import { createCursorCodec } from '../security/cursors.js'
import { createKeyRing } from '../security/key-ring.js'
import type { ResumableUploads } from '../media/upload/resumable-uploads.js'
import type { TitleSearch } from '../search/title-search.js'
import type { PasswordHasher } from '../security/password-hashing.js'
import type { Services } from '../services.js'
import type { MediaStorage } from '../storage/storage.js'

export async function describeApi (): Promise<object> {
  const config = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' })
  const app = createFastify(config)
  const keys = createKeyRing(config.signingKeys)
  const catalogue = {} as Catalogue
  const now = (): Date => new Date(0)
  const access = createAccountAccess(now)
  const services: Services = {
    config,
    log: app.log,
    keys,
    cursors: createCursorCodec(keys),
    hasher: {} as PasswordHasher,
    mailer: {} as Mailer,
    background: {} as BackgroundTasks,
    audit: {} as AuditLog,
    storage: {} as MediaStorage,
    packaging: {} as Packaging,
    packages: {} as PackageIndexes,
    uploads: {} as ResumableUploads,
    catalogue,
    hub: createChangeFeedBroadcaster({ access, log: app.log, now }),
    search: {} as TitleSearch,
    access,
    leases: createLeaseCheck(now),
    watching: { catalogue, now, warn: () => undefined },
    trends: {} as Trends,
    now,
  }
  await assemble(app, services)
  await app.ready()
  try {
    return app.swagger()
  } finally {
    await app.close()
  }
}
