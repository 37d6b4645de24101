// The routes, explicitly and in order. Their scopes show who may call them.
import type { FastifyInstance } from 'fastify'
import account from '../routes/account.js'
import adminAccounts from '../routes/admin-accounts.js'
import adminArtwork from '../routes/admin-artwork.js'
import adminAudit from '../routes/admin-audit.js'
import adminCollections from '../routes/admin-collections.js'
import adminEncodingJobs from '../routes/admin-encoding-jobs.js'
import adminEncoder from '../routes/admin-encoder.js'
import adminEpisodes from '../routes/admin-episodes.js'
import adminMarkerDetection from '../routes/admin-marker-detection.js'
import adminMedia from '../routes/admin-media.js'
import adminMediaList from '../routes/admin-media-list.js'
import adminPreviews from '../routes/admin-previews.js'
import adminProfileView from '../routes/admin-profile-view.js'
import adminStatistics from '../routes/admin-statistics.js'
import adminSubtitles from '../routes/admin-subtitles.js'
import adminThumbnails from '../routes/admin-thumbnails.js'
import adminTitleList from '../routes/admin-title-list.js'
import adminTitles from '../routes/admin-titles.js'
import adminTokens from '../routes/admin-tokens.js'
import adminImportPreview from '../routes/admin-import-preview.js'
import adminTransfer from '../routes/admin-transfer.js'
import adminWebhookDeliveries from '../routes/admin-webhook-deliveries.js'
import adminWebhooks from '../routes/admin-webhooks.js'
import auth from '../routes/auth.js'
import changeEvents from '../routes/change-events.js'
import changes from '../routes/changes.js'
import collections from '../routes/collections.js'
import continueWatching from '../routes/continue-watching.js'
import deviceApprovals from '../routes/device-approvals.js'
import deviceLogIn from '../routes/device-log-in.js'
import developerMails from '../routes/developer-mails.js'
import guides from '../routes/guides.js'
import health from '../routes/health.js'
import historyTransfer from '../routes/history-transfer.js'
import history from '../routes/history.js'
import hls from '../routes/hls.js'
import home from '../routes/home.js'
import images from '../routes/images.js'
import media from '../routes/media.js'
import metrics from '../routes/metrics.js'
import openapiDocument from '../routes/openapi.js'
import people from '../routes/people.js'
import plans from '../routes/plans.js'
import playback from '../routes/playback.js'
import profiles from '../routes/profiles.js'
import progress from '../routes/progress.js'
import ratings from '../routes/ratings.js'
import resumableUploads from '../routes/resumable-uploads.js'
import titleSearch from '../routes/search.js'
import sessions from '../routes/sessions.js'
import subtitles from '../routes/subtitles.js'
import thumbnails from '../routes/thumbnails.js'
import titlePages from '../routes/title-pages.js'
import titles from '../routes/titles.js'
import mediaUploads from '../routes/uploads.js'
import demoTrailer from '../routes/demo-trailer.js'
import webApps from '../routes/web-apps.js'
import wishlist from '../routes/wishlist.js'
import type { Container } from './container.js'
import type { Access } from './plugins/auth.js'

/** Registers all routes. */
export async function registerRoutes (app: FastifyInstance, container: Container): Promise<void> {
  await registerServiceRoutes(app, container)
  await app.register(async (v1) => {
    await registerScope(v1, container, registerAccountRoutes, ['public', 'account', 'catalogue'])
    await registerScope(v1, container, registerCatalogueRoutes, ['catalogue'])
    await registerScope(v1, container, registerProfileRoutes, ['profile'])
    await registerScope(v1, container, registerMediaRoutes, ['signed-url', 'public'])
    await registerScope(v1, container, registerAdminRoutes, ['staff', 'editor', 'support', 'admin'])
  }, { prefix: '/v1' })
}

/** Public routes beside the API. */
async function registerServiceRoutes (app: FastifyInstance, container: Container): Promise<void> {
  const { config, catalogue, search, mailer, now } = container
  await app.register(health, { catalogue, mailer })
  await app.register(metrics, { catalogue, search, plans: config.plans.ids, now })
  await app.register(openapiDocument)
  await app.register(webApps)
  if (container.config.seed === 'demo') await app.register(demoTrailer)
  await app.register(guides)
  if (config.env !== 'production') await app.register(developerMails, { mailer })
}

/** Registers routes in a scope of their own. The start fails if one of them declares another access. */
async function registerScope (
  app: FastifyInstance,
  container: Container,
  register: (app: FastifyInstance, container: Container) => Promise<void>,
  allowed: readonly Access[],
): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRoute', ({ method, url, config }) => {
      const access = config?.access
      // Preflight requests have no token.
      const isAllowed = method === 'OPTIONS' || (access !== undefined && allowed.includes(access))
      if (!isAllowed) throw new Error(`route ${String(method)} ${url}: access ${access} is not one of ${allowed}`)
    })
    await register(scope, container)
  })
}

/** Sign-up, log-in, and the account of the caller with its profiles. */
async function registerAccountRoutes (app: FastifyInstance, container: Container): Promise<void> {
  const { config, watching } = container
  const accountDeps = pickAccountDeps(container)
  await app.register(plans, { config })
  await app.register(auth, accountDeps)
  await app.register(deviceLogIn, accountDeps)
  await app.register(deviceApprovals, accountDeps)
  await app.register(sessions, accountDeps)
  await app.register(account, { ...accountDeps, watching })
  await app.register(profiles, accountDeps)
}

/** Catalogue, within the maturity limits of the token. */
async function registerCatalogueRoutes (app: FastifyInstance, container: Container): Promise<void> {
  const { languages, access, cursors, catalogue, titleDetails, counts, lists, responseCache } = container
  const { findSimilar, search, watching, now } = container
  const { states } = watching
  await app.register(titles, {
    access,
    states,
    catalogue,
    counts,
    lists,
    responseCache,
    findSimilar,
    cursors,
    languages,
    now,
  })
  await app.register(titlePages, { access, catalogue, titleDetails, responseCache, watching, languages, now })
  await app.register(people, { access, states, catalogue, cursors, languages, now })
  await app.register(collections, { access, states, catalogue, cursors, languages, now })
  await app.register(titleSearch, { access, states, catalogue, search, languages, now })
}

/** Home page, playback, history, wishlist and ratings of one profile. */
async function registerProfileRoutes (app: FastifyInstance, container: Container): Promise<void> {
  const { log, keys, cursors, access, leases, catalogue, cardTexts, homePage, languages, now } = container
  const { watching, flushSchedule, streamItems, historyFiles, changeReader, changeFeeds } = container
  await app.register(home, { access, homePage, cardTexts, cursors, languages })
  await app.register(playback, {
    access,
    catalogue,
    watching,
    flushSchedule,
    streamItems,
    keys,
    leases,
    languages,
    now,
  })
  await app.register(progress, { catalogue, watching, log, now })
  await app.register(history, { watching, cursors })
  await app.register(historyTransfer, { watching, historyFiles, now })
  await app.register(continueWatching, { access, catalogue, cardTexts, watching, languages, now })
  await app.register(changes, { access, catalogue, changeReader, changeFeeds, cursors, keys, languages, now })
  await app.register(wishlist, { access, states: watching.states, catalogue, cardTexts, cursors, languages, now })
  await app.register(ratings, { access, states: watching.states, catalogue, cursors, languages, now })
}

/** Bytes and change feeds at signed URLs, and posters. */
async function registerMediaRoutes (app: FastifyInstance, container: Container): Promise<void> {
  const { config, keys, leases, readRenewal, catalogue, storage, packages, now } = container
  const delivery = { catalogue, storage, keys, leases, readRenewal, config, now }
  const { access, changeReader, changeFeeds, cursors, languages } = container
  await app.register(media, delivery)
  await app.register(hls, { ...delivery, packages })
  await app.register(subtitles, { catalogue, storage, keys, leases, now })
  await app.register(thumbnails, { catalogue, storage, keys, leases, now })
  await app.register(images, { storage, imageSizes: container.imageSizes })
  await app.register(changeEvents, { access, catalogue, changeReader, changeFeeds, cursors, keys, languages, now })
}

async function registerAdminRoutes (app: FastifyInstance, container: Container): Promise<void> {
  const { config, log, keys, cursors, audit, catalogue, languages, publishTitleChange, webhooks, now } = container
  const { storage, packaging, prober, subtitleReader, uploads, watching, errorCounts, storageStatistics } = container
  const mediaDeps = { catalogue, publishTitleChange, storage, events: webhooks.outbox, log, now }
  const mediaFileDeps = { ...mediaDeps, config, packaging, prober }
  await app.register(adminAccounts, { ...pickAccountDeps(container), cursors, watching })
  const { access, homePage, cardTexts } = container
  await app.register(adminProfileView, { access, homePage, cardTexts, languages })
  await app.register(adminAudit, { audit, cursors })
  await app.register(adminTokens, { now })
  await app.register(adminStatistics, { catalogue, cursors, errorCounts, storageStatistics, now })
  await app.register(adminTitleList, { ...mediaDeps, search: container.search, cursors })
  await app.register(adminTitles, { ...mediaDeps, languages })
  await app.register(adminEpisodes, { ...mediaDeps, languages })
  await app.register(adminCollections, { catalogue, cursors })
  await app.register(adminImportPreview)
  await app.register(adminTransfer, { ...mediaDeps, config })
  await app.register(adminPreviews, { catalogue, keys: container.keys, languages, now })
  await app.register(adminArtwork, mediaDeps)
  await app.register(adminSubtitles, { ...mediaDeps, subtitleReader })
  await app.register(adminThumbnails, { ...mediaDeps, subtitleReader })
  await app.register(adminMedia, mediaFileDeps)
  await app.register(adminMediaList, { catalogue, cursors })
  await app.register(adminEncoder, container)
  const masterDeps = { ...mediaFileDeps, encoder: container.encoder, encoding: container.encoding }
  await app.register(adminEncodingJobs, { ...masterDeps, cursors })
  await app.register(adminMarkerDetection, { markerDetection: container.markerDetection, catalogue, cursors })
  await app.register(mediaUploads, masterDeps)
  await app.register(resumableUploads, { uploads, config })
  await app.register(adminWebhooks, { keys, webhooks, now })
  await app.register(adminWebhookDeliveries, { webhooks, cursors, now })
}

function pickAccountDeps (container: Container) {
  const { config, log, keys, hasher, outbox, background, audit, access, leases, events, now } = container
  return { config, log, keys, hasher, outbox, background, audit, access, leases, events, now }
}
