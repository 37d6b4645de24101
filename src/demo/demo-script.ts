// The story of one viewer, told over HTTP against a running service: a line a step, with what came back.
import { randomUUID } from 'node:crypto'

const ORIGIN = process.env['NORMFLIX_URL'] ?? `http://127.0.0.1:${process.env['PORT'] ?? 3000}`
const PASSWORD = 'three blind mice ran'

// What comes back is shown, not worked with.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
interface Reply {
  readonly status: number
  readonly body: any
  readonly headers: Headers
  readonly bytes: number
}

let token = ''
let steps = 0

async function request (
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(ORIGIN + url, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return {
    status: response.status,
    body: isJson ? JSON.parse(bytes.toString()) : null,
    headers: response.headers,
    bytes: bytes.length,
  }
}

/** Does one step, checks its status, and says what came back. */
async function step (
  what: string,
  expected: number,
  reply: Promise<Reply>,
  tell: (reply: Reply) => string,
): Promise<Reply> {
  const answer = await reply
  const isExpected = answer.status === expected
  console.log(
    `${String(++steps).padStart(2)}. ${what.padEnd(46)} ${answer.status}  ${
      isExpected ? tell(answer) : `expected ${expected}: ${JSON.stringify(answer.body)}`
    }`,
  )
  if (!isExpected) process.exit(1)
  return answer
}

const at = (): string => new Date().toISOString()
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`

async function tellStory (): Promise<void> {
  const email = `demo-${randomUUID().slice(0, 8)}@normflix.test`
  const signedUp = await step(
    'Sign up on basic',
    201,
    request('POST', '/v1/auth/signup', { email, password: PASSWORD, plan: 'basic', profileName: 'Kim' }),
    ({ body }) => `${body.account.email}, first profile ${body.account.profiles[0].name}`,
  )
  token = signedUp.body.accessToken
  const profile = `/v1/profiles/${signedUp.body.account.profiles[0].id}`
  await step(
    'A second profile is refused',
    409,
    request('POST', '/v1/profiles', { name: 'Alex' }),
    ({ body }) => `${body.code}: ${body.detail}`,
  )
  await step(
    'Change to premium',
    200,
    request('PUT', '/v1/account/plan', { plan: 'premium' }),
    ({ body }) => `plan ${body.plan}`,
  )
  for (const name of ['Alex', 'Sam']) {
    await step(`Create the profile ${name}`, 201, request('POST', '/v1/profiles', { name }), ({ body }) => body.name)
  }
  await step(
    'A kids profile',
    201,
    request('POST', '/v1/profiles', { name: 'Kids', kids: true }),
    ({ body }) => `sees titles up to ${body.maxMaturityAge} years`,
  )

  await step(
    'Browse: drama, most popular first',
    200,
    request('GET', '/v1/titles?genre=Drama&sort=popularity&limit=3'),
    ({ body }) => body.items.map(({ title, year }: { title: string, year: number }) => `${title} (${year})`).join(', '),
  )
  const movies = await step(
    'Movies to watch in 4K',
    200,
    request('GET', '/v1/movies?minHeight=2160&limit=3'),
    ({ body }) => body.items.map(({ title }: { title: string }) => title).join(', '),
  )
  const movie = movies.body.items[0]
  const started = await step(
    `Start ${movie.title}`,
    201,
    request('POST', `${profile}/playback`, { itemId: movie.id, device: 'Living-room TV' }),
    ({ body }) => `${body.mediaFile.height}p from ${seconds(body.positionMs)}; ${body.reason.text}`,
  )
  const stream = `${profile}/playback/${started.body.streamId}`
  await step(
    'Heartbeat',
    200,
    request('PUT', stream, { positionMs: 10_000, watchedMs: 10_000, at: at(), state: 'playing' }),
    ({ body }) => `lease until ${body.expiresAt}`,
  )
  await step(
    'Stop at an exact moment',
    200,
    request('POST', `${stream}/stop`, { positionMs: 23_456, watchedMs: 23_400, at: at() }),
    ({ body }) => `stopped at ${seconds(body.progress.positionMs)}`,
  )
  const button = await step(
    'Press continue',
    200,
    request('GET', `${profile}/continue`),
    ({ body }) => `${body.kind} ${body.title.title} at ${seconds(body.positionMs)}: ${body.reason.text}`,
  )
  const again = await step(
    '… and play it, in Spanish',
    201,
    request('POST', `${profile}/playback`, {
      itemId: button.body.item.id,
      client: { languages: ['es'], maxHeight: 1080 },
    }),
    ({ body }) =>
      `${body.mediaFile.height}p ${body.mediaFile.audioLanguages.join()} from ${
        seconds(body.positionMs)
      }; ${body.reason.text}`,
  )
  await step(
    'Bytes of that file by Range',
    206,
    request('GET', again.body.url, undefined, { range: 'bytes=1000-65535' }),
    ({ headers, bytes }) => `${bytes} bytes, ${headers.get('content-range') ?? ''}`,
  )
  await step(
    'Stop again',
    200,
    request('POST', `${profile}/playback/${again.body.streamId}/stop`, {
      positionMs: 31_415,
      watchedMs: 8_000,
      at: at(),
    }),
    ({ body }) => `stopped at ${seconds(body.progress.positionMs)}`,
  )

  const shows = await step(
    'Shows',
    200,
    request('GET', '/v1/shows?minHeight=480&sort=popularity'),
    ({ body }) => body.items.map(({ title }: { title: string }) => title).join(', '),
  )
  const show = shows.body.items[0]
  const season = await step(
    `The first season of ${show.title}`,
    200,
    request('GET', `/v1/shows/${show.id}/seasons/1`),
    ({ body }) => `${body.episodes.length} episodes, the first is "${body.episodes[0].title}"`,
  )
  const episode = await step(
    'Play its first episode',
    201,
    request('POST', `${profile}/playback`, { itemId: season.body.episodes[0].id }),
    ({ body }) => `${body.mediaFile.height}p, ${seconds(body.mediaFile.durationMs)} long`,
  )
  await step(
    'Finish it: the next is offered',
    200,
    request('POST', `${profile}/playback/${episode.body.streamId}/stop`, {
      positionMs: 59_000,
      watchedMs: 58_000,
      at: at(),
    }),
    ({ body }) =>
      `finished: ${body.progress.finished}; next: season ${body.next?.item.season}, episode ${body.next?.item.episode}, "${body.next?.item.title}"`,
  )
  await step(
    'Continue watching',
    200,
    request('GET', `${profile}/continue-watching`),
    ({ body }) =>
      body.items.map(({ kind, title }: { kind: string, title: { title: string } }) => `${kind} ${title.title}`).join(
        ', ',
      ),
  )
  await step(
    'History',
    200,
    request('GET', `${profile}/history`),
    ({ body }) => `${body.items.length} plays, the newest stopped at ${seconds(body.items[0].positionMs)}`,
  )
  await step(
    'Put a movie on the wishlist',
    204,
    request('PUT', `${profile}/wishlist/${movies.body.items[1].id}`),
    () => movies.body.items[1].title,
  )
  await step(
    'The wishlist',
    200,
    request('GET', `${profile}/wishlist`),
    ({ body }) => body.items.map(({ title }: { title: string }) => title).join(', '),
  )
  await step('Log out', 204, request('POST', '/v1/auth/logout'), () => 'the token is of no more use')
  await step('… and the account is closed to it', 401, request('GET', '/v1/account'), ({ body }) => body.code)
}

try {
  console.log(`Telling the story to ${ORIGIN}\n`)
  await tellStory()
  console.log('\nThat was the story. Read it again in docs/api.md.')
} catch (error) {
  const { code } = (error as { cause?: { code?: string } }).cause ?? {}
  console.error(
    code === 'ECONNREFUSED'
      ? `Nothing answers at ${ORIGIN}. Start the service first with "npm start", or set PORT or NORMFLIX_URL.`
      : error,
  )
  process.exitCode = 1
}
