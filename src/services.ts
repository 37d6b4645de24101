// What the parts of a running service share: made once in app.ts, passed in, never imported as globals.
import type { FastifyBaseLogger } from 'fastify'
import type { AccountAccess } from './accounts/access.js'
import type { Catalogue } from './catalogue/snapshot.js'
import type { Background } from './background.js'
import type { Config } from './config.js'
import type { Mailer } from './mail/mailer.js'
import type { KeyRing } from './security/key-ring.js'
import type { CursorCodec } from './security/cursors.js'
import type { PasswordHasher } from './security/password-hashing.js'
import type { PackageIndexes } from './media/package-index.js'
import type { Packaging } from './media/packaging.js'
import type { MediaStorage } from './storage/storage.js'
import type { Watching } from './watching/watching.js'

export interface Services {
  readonly config: Config
  readonly log: FastifyBaseLogger
  readonly keys: KeyRing
  readonly cursors: CursorCodec
  readonly hasher: PasswordHasher
  readonly mailer: Mailer
  readonly background: Background
  readonly storage: MediaStorage
  readonly packaging: Packaging
  readonly packages: PackageIndexes
  readonly catalogue: Catalogue
  readonly access: AccountAccess
  readonly watching: Watching
  /** The clock; tests set it. */
  now (): Date
}
