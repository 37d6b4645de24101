// Responses of the operations for viewers: accounts, profiles, the catalogue and watching.
import type { RecordedDemo } from './record-examples.js'

const STAR_WARS = 'ffca09e51cb462f1bfe665b2'
const MINUTE_MS = 60_000

export async function recordViewer (demo: RecordedDemo): Promise<void> {
  await recordAccount(demo)
  await recordDeviceLogIn(demo)
  await recordProfiles(demo)
  await recordCatalogue(demo)
  await recordPlayback(demo)
  await recordWatching(demo)
  await recordLists(demo)
  await recordHistory(demo)
  await demo.record('exportAccount')
  await demo.record('getAccount')
}

async function recordAccount ({ record }: RecordedDemo): Promise<void> {
  for (const id of ['getLiveness', 'getReadiness', 'listPlans']) await record(id)
  const { accessToken: token } = await record('signUp')
  const { refreshToken } = await record('logIn')
  await record('refresh', { body: { refreshToken } })
  await record('listSessions')
  await record('forgotPassword')
  await record('previewPlan')
  // The account that signed up: the others stay as they are.
  await record('sendVerification', { token })
  await record('changePlan', { token })
  await record('changeEmail', { token, body: { email: 'kim.moved@example.com', password: 'three blind mice ran' } })
}

async function recordDeviceLogIn ({ record, send, clock }: RecordedDemo): Promise<void> {
  const { device_code: code, user_code: userCode } = await record('authorizeDevice')
  await record('findDeviceLogIn', { body: { userCode } })
  await send('approveDevice', { body: { userCode } })
  clock.advance(10_000)
  await record('requestToken', {
    body: {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: 'example-tv',
      device_code: code,
    },
  })
}

async function recordProfiles ({ record, tokens: { account: token } }: RecordedDemo): Promise<void> {
  for (const id of ['addProfile', 'getProfile', 'changeProfile', 'selectProfile', 'listProfiles']) {
    await record(id, { token })
  }
}

async function recordCatalogue ({ record }: RecordedDemo): Promise<void> {
  const lists = ['listTitles', 'listMovies', 'listShows', 'listFacets', 'listSimilar', 'listGenres']
  const titles = ['getMovie', 'getShow', 'getSeason', 'getEpisode']
  for (const id of [...lists, ...titles, 'getPerson', 'suggest']) await record(id)
  await record('listPeople', { query: '?q=weaver' })
  await record('search', { query: '?q=alien&limit=2' })
  const { items: [{ id: collectionId }] } = await record('listCollections')
  await record('getCollection', { params: { collectionId } })
}

async function recordPlayback ({ record, clock }: RecordedDemo): Promise<void> {
  const { streamId } = await record('startPlayback')
  await record('listStreams')
  await record('listAllStreams')
  clock.advance(10_000)
  const at = clock.now().toISOString()
  const body = { positionMs: 31_234, watchedMs: 10_000, at }
  await record('sendHeartbeat', { params: { streamId }, body: { ...body, state: 'playing' } })
  await record('stopPlayback', { params: { streamId }, body })
  await record('getProgress')
  await record('listContinueWatching')
  await record('getContinue')
  const { rows } = await record('getHome')
  await record('getHomeRow', { params: { rowId: rows.at(-1).id } })
  clock.advance(MINUTE_MS)
}

async function recordWatching ({ record, send }: RecordedDemo): Promise<void> {
  const { cursor } = await record('listChanges')
  await record('putProgress')
  await record('putProgressBatch')
  const other = { params: { id: STAR_WARS, titleId: STAR_WARS } }
  await record('hideFromContinueWatching')
  await record('listHidden')
  await record('restoreToContinueWatching')
  await record('dropTitle')
  await record('undropTitle')
  await record('markWatched', other)
  await record('watchAgain', other)
  await send('stopWatchingAgain', { ...other, query: '?pass=2' })
  await record('unmarkWatched', other)
  await record('listChanges', { query: `?since=${encodeURIComponent(cursor)}` })
  await record('getChangeFeedUrl')
}

async function recordLists ({ record, send }: RecordedDemo): Promise<void> {
  await send('rateTitle')
  await record('listRatings')
  await send('setLanguages')
  await record('getLanguages')
  await send('addToWishlist', { params: { titleId: STAR_WARS } })
  await record('listWishlist')
}

async function recordHistory ({ record }: RecordedDemo): Promise<void> {
  const { items: [{ id: playId }] } = await record('listHistory')
  const exported = await record('exportHistory')
  await record('importHistory', { body: exported })
  await record('removePlay', { params: { playId } })
  await record('clearHistory', { query: `?titleId=${STAR_WARS}` })
}
