// Examples of the OpenAPI document that work on the demo: its IDs are the same after every start.

const ALIEN = 'bac737b639b4040ec2f508cc'
const FIREFLY = '1dea9210d680fb0ef685fb1e'
const SERENITY = '92e95d5d1f688b42376a0fc6'
const SIGOURNEY_WEAVER = '6d2d3b03b02ffe258499d0f4'
/** The first profile of demo@normflix.test. */
const KIM = '21510ea982480208a5af9c6f'
const DEMO_LOG_IN = { email: 'demo@normflix.test', password: 'normflix-demo' }
const TIME = '2026-03-01T20:15:30.000Z'

/** By the name of the parameter in the path or, if it is required, in the query. */
export const PARAMETER_EXAMPLES: Readonly<Record<string, unknown>> = {
  profileId: KIM,
  titleId: ALIEN,
  movieId: ALIEN,
  itemId: ALIEN,
  id: ALIEN,
  showId: FIREFLY,
  season: 1,
  episode: 1,
  personId: SIGOURNEY_WEAVER,
  q: 'alien',
  to: 'standard',
}

const PROGRESS = { positionMs: 23_456, watchedMs: 23_000, at: TIME }
const MOVIE = {
  title: 'The Iron Giant',
  year: 1999,
  genres: ['Animation', 'Science Fiction'],
  runtimeMs: 5_220_000,
  synopsis: 'A boy befriends a giant robot that fell from space.',
}
const EPISODE = { title: 'The Message', runtimeMs: 2_640_000, airDate: '2003-07-15' }
const COLLECTION = { title: 'Alien', kind: 'series', titleIds: [ALIEN] }

/** JSON bodies by operation. */
export const REQUEST_EXAMPLES: Readonly<Record<string, unknown>> = {
  signUp: { email: 'kim@example.com', password: 'three blind mice ran', plan: 'basic', profileName: 'Kim' },
  logIn: { ...DEMO_LOG_IN, device: 'Swagger UI' },
  refresh: { refreshToken: 'The refreshToken of the log-in' },
  authorizeDevice: { client_id: 'example-tv', device: 'Living-room TV' },
  requestToken: {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: 'example-tv',
    device_code: 'The device_code of the device',
  },
  findDeviceLogIn: { userCode: 'WDJB-MJHT' },
  approveDevice: { userCode: 'WDJB-MJHT' },
  rejectDevice: { userCode: 'WDJB-MJHT' },
  forgotPassword: { email: DEMO_LOG_IN.email },
  resetPassword: { token: 'The token of the link in the email', password: 'three blind mice ran' },
  verifyEmail: { token: 'The token of the link in the email' },
  deleteAccount: { password: DEMO_LOG_IN.password },
  changePassword: { currentPassword: DEMO_LOG_IN.password, newPassword: 'three blind mice ran' },
  changeEmail: { email: 'kim@example.com', password: DEMO_LOG_IN.password },
  changePlan: { plan: 'premium' },
  addProfile: { name: 'Robin', audioLanguages: ['en'], subtitleLanguages: ['es'], autoplay: true },
  changeProfile: { autoplay: true },
  selectProfile: {},
  startPlayback: { itemId: ALIEN, device: 'Swagger UI' },
  sendHeartbeat: { ...PROGRESS, state: 'playing' },
  stopPlayback: PROGRESS,
  putProgress: PROGRESS,
  putProgressBatch: { events: [{ itemId: SERENITY, ...PROGRESS }] },
  markWatched: {},
  orderWishlist: { titleIds: [] },
  rateTitle: { rating: 'love' },
  setLanguages: { audio: { language: 'es' }, subtitles: null },
  changeAccountPlan: { plan: 'premium' },
  changeAccountRole: { role: 'support' },
  sendAccountEmail: { kind: 'verify-email' },
  publishTitles: { titleIds: [ALIEN], published: true },
  startPreview: { itemId: ALIEN },
  createApiToken: { name: 'Nightly import', scopes: ['catalogue:read', 'catalogue:write'], expiresInDays: 90 },
  createServiceAccount: { name: 'importer', role: 'editor' },
  createMovie: MOVIE,
  replaceMovie: MOVIE,
  changeMovie: { popularity: 98.6 },
  createShow: { title: 'Cowboy Bebop', year: 1998, seasons: [{ number: 1, episodes: [{ number: 1, ...EPISODE }] }] },
  replaceShow: { title: 'Firefly', year: 2002, seasons: [{ number: 1, episodes: [{ number: 1, ...EPISODE }] }] },
  changeShow: { popularity: 91.2 },
  putSeason: { title: 'Season 1', episodes: [{ number: 1, ...EPISODE }] },
  changeSeason: { title: 'The only season' },
  orderEpisodes: { episodeIds: [SERENITY], firstNumber: 1 },
  putEpisode: EPISODE,
  changeEpisode: {
    markers: { introStartMs: 5_000, introEndMs: 12_000 },
    chapters: [{ startMs: 0, title: 'Prologue' }, { startMs: 12_000, title: 'The heist' }],
  },
  createCollection: COLLECTION,
  replaceCollection: COLLECTION,
  changeCollection: { published: true },
  createWebhook: {
    url: 'https://hooks.example.com/normflix',
    description: 'Billing',
    eventTypes: ['account.created', 'plan.changed'],
  },
  changeWebhook: { eventTypes: ['account.created', 'plan.changed', 'play.finished'] },
  rotateWebhookSecret: { overlapHours: 24 },
  replayFailedWebhookDeliveries: { since: TIME },
  changeMedia: { audioLanguages: ['en', 'es'] },
}
