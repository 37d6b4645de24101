// All views of the web apps, with URLs for the titles of the demo catalogue. The accessibility test, the screenshots
// and the audit open the same views.
import type { Page } from 'playwright-core'

export const DEMO_USER = { email: 'demo@normflix.test', password: 'normflix-demo' } as const
export const DEMO_ADMIN = { email: 'admin@normflix.test', password: 'normflix-admin' } as const

export interface View {
  readonly name: string
  readonly url: string
}
export interface ViewsByAudience {
  /** Views without a log-in. */
  readonly visitor: readonly View[]
  /** Views of the demo account's first profile. */
  readonly viewer: readonly View[]
  /** Views of the demo administrator. */
  readonly staff: readonly View[]
}

interface Ids {
  readonly movie: string
  readonly show: string
  readonly person: string
  readonly collection: string | null
  readonly row: string
  readonly profile: string
  readonly account: string
  readonly webhook: string
}

const toViews = (app: string, names: Readonly<Record<string, string>>): View[] =>
  Object.entries(names).map(([name, path]) => ({ name: `${app}-${name}`, url: `/${app}${path}` }))

/** Finds IDs for the views through the API of the service, then lists the views. */
export async function listViews (origin: string): Promise<ViewsByAudience> {
  const ids = await findIds(origin)
  return {
    visitor: toViews('watch', {
      'log-in': '/log-in',
      tv: '/tv',
      'sign-up': '/sign-up',
      'forgot-password': '/forgot-password',
      'reset-password': '/reset-password?token=none',
    }),
    viewer: toViews('watch', {
      profiles: '/profiles',
      link: '/link?code=WDJB-MJHT',
      home: '/',
      row: `/rows/${ids.row}`,
      movies: '/browse/movies',
      shows: '/browse/shows?genre=Drama',
      genres: '/genres',
      search: '/search?q=alien',
      movie: `/movie/${ids.movie}`,
      show: `/show/${ids.show}`,
      person: `/people/${ids.person}`,
      collections: '/collections',
      ...ids.collection === null ? {} : { collection: `/collections/${ids.collection}` },
      wishlist: '/wishlist',
      history: '/history',
      ratings: '/ratings',
      hidden: '/hidden',
      import: '/import',
      account: '/account',
      plan: '/account/plan',
      'manage-profiles': '/account/profiles',
      'edit-profile': `/account/profiles/${ids.profile}`,
    }),
    staff: toViews('admin', {
      dashboard: '',
      catalogue: '/catalogue',
      'new-movie': '/catalogue/new/movie',
      'edit-movie': `/catalogue/movies/${ids.movie}`,
      'edit-people': `/catalogue/movies/${ids.movie}?tab=people`,
      'edit-artwork': `/catalogue/movies/${ids.movie}?tab=artwork`,
      'edit-media': `/catalogue/movies/${ids.movie}?tab=media`,
      'edit-markers': `/catalogue/movies/${ids.movie}?tab=markers`,
      'edit-show': `/catalogue/shows/${ids.show}`,
      'edit-seasons': `/catalogue/shows/${ids.show}?tab=seasons`,
      'edit-episode': `/catalogue/shows/${ids.show}/seasons/1/episodes/1`,
      media: '/media',
      encoding: '/media/encoding',
      detections: '/media/detections',
      collections: '/collections',
      import: '/transfer',
      accounts: '/accounts',
      account: `/accounts/${ids.account}`,
      audit: '/audit',
      webhooks: '/webhooks',
      webhook: `/webhooks/${ids.webhook}`,
      tokens: '/tokens',
    }),
  }
}

async function findIds (origin: string): Promise<Ids> {
  const get = async (path: string, token: string): Promise<any> => {
    const response = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`${path} returned ${response.status}: ${await response.text()}`)
    return await response.json()
  }
  const post = async (path: string, body: object, token?: string): Promise<any> => {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...token === undefined ? {} : { authorization: `Bearer ${token}` },
      },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} returned ${response.status}: ${await response.text()}`)
    return await response.json()
  }
  const { account, accessToken } = await post('/v1/auth/login', DEMO_USER)
  const profile = account.profiles[0].id
  const { accessToken: token } = await post(`/v1/profiles/${profile}/select`, {}, accessToken)
  const find = async (path: string): Promise<any> => (await get(path, token)).items[0]
  const [movie, show, collection, { rows }] = await Promise.all([
    find('/v1/search?q=alien&type=movie'),
    find('/v1/search?q=firefly&type=show'),
    find('/v1/collections'),
    get(`/v1/profiles/${profile}/home`, token),
  ])
  const { credits } = await get(`/v1/movies/${movie.id}`, token)
  const staff = await post('/v1/auth/login', DEMO_ADMIN)
  const { items: [webhook] } = await get('/v1/admin/webhooks', staff.accessToken)
  const { id: webhookId } = webhook ?? await post('/v1/admin/webhooks', {
    url: 'https://hooks.example.com/normflix',
    description: 'Billing',
    eventTypes: ['account.created', 'plan.changed'],
    enabled: false,
  }, staff.accessToken)
  const person = [...credits.cast, ...credits.crew].find(({ personId }) => personId !== null)
  return {
    movie: movie.id,
    show: show.id,
    person: person.personId,
    collection: collection?.id ?? null,
    row: rows.find(({ kind }: { kind: string }) => kind === 'titles').id,
    profile,
    account: account.id,
    webhook: webhookId,
  }
}

const VIEW_TIMEOUT_MS = 30_000
const IMAGE_TIMEOUT_MS = 3_000

/** Opens a view and waits until its content is loaded: a heading, and no skeletons. */
export async function openView (page: Page, origin: string, { url }: View): Promise<void> {
  await page.goto(`${origin}${url}`)
  await page.locator('h1').first().waitFor({ timeout: VIEW_TIMEOUT_MS, state: 'attached' })
  for (const selector of ['.spinner', '.skeleton']) {
    await page.locator(selector).first().waitFor({ state: 'detached', timeout: VIEW_TIMEOUT_MS })
  }
  await page.evaluate(`Promise.race([
    new Promise((resolve) => setTimeout(resolve, ${IMAGE_TIMEOUT_MS})),
    Promise.all([...document.images].filter((image) => image.loading !== 'lazy' && !image.complete).map((image) =>
      new Promise((resolve) => { image.onload = image.onerror = resolve })))
  ])`)
}
