// npm run demo: a scripted session against a running service over HTTP. Prints each request's status and result.
import { randomUUID } from 'node:crypto'
import {
  ORIGIN,
  request,
  runStep,
  setAccessToken,
  type Card,
  type Item,
  type Page,
  type Playback,
  type Problem,
  type Profile,
  type SignUp,
  type StoppedPlayback,
  type Title,
} from './demo-client.js'

const PASSWORD = 'three blind mice ran'

const now = (): string => new Date().toISOString()
const formatSeconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`
const listTitles = ({ items }: Page<Title>): string => items.map(({ title }) => title).join(', ')

/** Signs up, changes the plan and creates profiles. @returns the URL of the first profile */
async function createAccount (): Promise<string> {
  const email = `demo-${randomUUID().slice(0, 8)}@normflix.test`
  const { accessToken, account } = await runStep(
    'Sign up for the basic plan',
    201,
    request<SignUp>('POST', '/v1/auth/signup', { email, password: PASSWORD, plan: 'basic', profileName: 'Kim' }),
    ({ body }) => `${body.account.email}, first profile ${body.account.profiles[0]?.name}`,
  )
  setAccessToken(accessToken)
  await runStep(
    'Basic rejects a second profile',
    409,
    request<Problem>('POST', '/v1/profiles', { name: 'Alex' }),
    ({ body }) => `${body.code}: ${body.detail}`,
  )
  await runStep(
    'Change to premium',
    200,
    request<{ plan: string }>('PUT', '/v1/account/plan', { plan: 'premium' }),
    ({ body }) => `plan ${body.plan}`,
  )
  for (const name of ['Alex', 'Sam']) {
    const created = request<Profile>('POST', '/v1/profiles', { name })
    await runStep(`Create the profile ${name}`, 201, created, ({ body }) => body.name)
  }
  await runStep(
    'Create a kids profile',
    201,
    request<Profile>('POST', '/v1/profiles', { name: 'Kids', kids: true }),
    ({ body }) => `sees titles up to ${body.maxMaturityAge} years`,
  )
  return `/v1/profiles/${account.profiles[0]?.id}`
}

/** Browses movies. @returns movies with a 4K file, or others while those are being encoded */
async function browseMovies (): Promise<readonly Title[]> {
  await runStep(
    'Browse dramas, most popular first',
    200,
    request<Page<Title>>('GET', '/v1/titles?genre=Drama&sort=popularity&limit=3'),
    ({ body }) => body.items.map(({ title, year }) => `${title} (${year})`).join(', '),
  )
  const { items } = await runStep(
    'List movies in 4K',
    200,
    request<Page<Title>>('GET', '/v1/movies?minHeight=2160&limit=3'),
    ({ body }) => body.items.length > 1 ? listTitles(body) : 'none yet: their master is being encoded',
  )
  if (items.length > 1) return items
  const others = await runStep(
    'List movies that can be played',
    200,
    request<Page<Title>>('GET', '/v1/movies?minHeight=1&sort=popularity&limit=3'),
    ({ body }) => listTitles(body),
  )
  return others.items
}

/** Plays a movie, stops, and resumes it from the continue button in another language. */
async function watchMovie (profileUrl: string, movie: Title): Promise<void> {
  const { streamId } = await runStep(
    `Start ${movie.title}`,
    201,
    request<Playback>('POST', `${profileUrl}/playback`, { itemId: movie.id, device: 'Living-room TV' }),
    ({ body }) => `${body.mediaFile.height}p from ${formatSeconds(body.positionMs)}; ${body.reason.text}`,
  )
  const streamUrl = `${profileUrl}/playback/${streamId}`
  await runStep(
    'Send a heartbeat',
    200,
    request<{ expiresAt: string }>('PUT', streamUrl, {
      positionMs: 10_000,
      watchedMs: 10_000,
      at: now(),
      state: 'playing',
    }),
    ({ body }) => `lease until ${body.expiresAt}`,
  )
  await stop(streamUrl, 'Stop', { positionMs: 23_456, watchedMs: 23_400 })
  const card = await runStep(
    'Get the continue button',
    200,
    request<Card>('GET', `${profileUrl}/continue`),
    ({ body }) => `${body.kind} ${body.title.title} at ${formatSeconds(body.positionMs)}: ${body.reason.text}`,
  )
  const resumed = await runStep(
    'Resume in Spanish',
    201,
    request<Playback>('POST', `${profileUrl}/playback`, {
      itemId: card.item.id,
      client: { languages: ['es'], maxHeight: 1080 },
    }),
    ({ body: { mediaFile, positionMs, reason } }) =>
      `${mediaFile.height}p ${mediaFile.audioLanguages.join()} from ${formatSeconds(positionMs)}; ${reason.text}`,
  )
  await runStep(
    'Request a byte range of the file',
    206,
    request('GET', resumed.url, undefined, { range: 'bytes=1000-65535' }),
    ({ headers, size }) => `${size} bytes, ${headers.get('content-range') ?? ''}`,
  )
  await stop(`${profileUrl}/playback/${resumed.streamId}`, 'Stop again', { positionMs: 31_415, watchedMs: 8_000 })
}

async function stop (
  streamUrl: string,
  description: string,
  position: { positionMs: number, watchedMs: number },
): Promise<void> {
  await runStep(
    description,
    200,
    request<StoppedPlayback>('POST', `${streamUrl}/stop`, { ...position, at: now() }),
    ({ body }) => `stopped at ${formatSeconds(body.progress.positionMs)}`,
  )
}

/** Plays the first episode of a show to its end. */
async function watchEpisode (profileUrl: string): Promise<void> {
  const { items: [show] } = await runStep(
    'List shows',
    200,
    request<Page<Title>>('GET', '/v1/shows?minHeight=480&sort=popularity'),
    ({ body }) => listTitles(body),
  )
  const { episodes: [first] } = await runStep(
    `Get the first season of ${show?.title}`,
    200,
    request<{ episodes: readonly Item[] }>('GET', `/v1/shows/${show?.id}/seasons/1`),
    ({ body }) => `${body.episodes.length} episodes, the first is "${body.episodes[0]?.title}"`,
  )
  const { streamId } = await runStep(
    'Start the first episode',
    201,
    request<Playback>('POST', `${profileUrl}/playback`, { itemId: first?.id }),
    ({ body }) => `${body.mediaFile.height}p, duration ${formatSeconds(body.mediaFile.durationMs)}`,
  )
  await runStep(
    'Finish it and get the next episode',
    200,
    request<StoppedPlayback>('POST', `${profileUrl}/playback/${streamId}/stop`, {
      positionMs: 59_000,
      watchedMs: 58_000,
      at: now(),
    }),
    ({ body: { progress, next } }) =>
      `finished: ${progress.finished}; next: season ${next?.item.season}, episode ${next?.item.episode}, ` +
      `"${next?.item.title}"`,
  )
}

/** Lists what the profile watched and adds a movie to its wishlist. */
async function showLists (profileUrl: string, movie: Title): Promise<void> {
  await runStep(
    'List continue watching',
    200,
    request<Page<Card>>('GET', `${profileUrl}/continue-watching`),
    ({ body }) => body.items.map(({ kind, title }) => `${kind} ${title.title}`).join(', '),
  )
  await runStep(
    'List the history',
    200,
    request<Page<{ positionMs: number }>>('GET', `${profileUrl}/history`),
    ({ body: { items } }) => `${items.length} plays, the newest stopped at ${formatSeconds(items[0]?.positionMs ?? 0)}`,
  )
  const added = request('PUT', `${profileUrl}/wishlist/${movie.id}`)
  await runStep('Add a movie to the wishlist', 204, added, () => movie.title)
  await runStep(
    'List the wishlist',
    200,
    request<Page<Title>>('GET', `${profileUrl}/wishlist`),
    ({ body }) => listTitles(body),
  )
}

async function logOut (): Promise<void> {
  await runStep('Log out', 204, request('POST', '/v1/auth/logout'), () => 'the token is revoked')
  await runStep('Get the account', 401, request<Problem>('GET', '/v1/account'), ({ body }) => body.code)
}

async function runScript (): Promise<void> {
  const profileUrl = await createAccount()
  const [first, second] = await browseMovies()
  if (first === undefined || second === undefined) throw new Error('The catalogue has no movies that can be played.')
  await watchMovie(profileUrl, first)
  await watchEpisode(profileUrl)
  await showLists(profileUrl, second)
  await logOut()
}

try {
  console.log(`Running the demo against ${ORIGIN}\n`)
  await runScript()
  console.log('\nDone. docs/guides explains each request.')
} catch (error) {
  const { code } = (error as { cause?: { code?: string } }).cause ?? {}
  console.error(
    code === 'ECONNREFUSED'
      ? `The service at ${ORIGIN} does not respond. Start it with "npm start", or set PORT or NORMFLIX_URL.`
      : error,
  )
  process.exitCode = 1
}
