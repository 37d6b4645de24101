// Calls the API of a demo service, to prepare what a browser test opens.
import { DEMO_ADMIN, DEMO_USER } from './views.js'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface DemoApi {
  /** As the first profile of the demo account. */
  readonly profileId: string
  readonly asViewer: (method: Method, path: string, body?: object) => Promise<any>
  readonly asAdmin: (method: Method, path: string, body?: object) => Promise<any>
  /** The ID of the best match of a search. */
  readonly findTitle: (query: string) => Promise<string>
}

async function send (origin: string, method: Method, path: string, body?: object, token?: string): Promise<any> {
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: {
      ...body === undefined ? {} : { 'content-type': 'application/json' },
      ...token === undefined ? {} : { authorization: `Bearer ${token}` },
    },
    ...body === undefined ? {} : { body: JSON.stringify(body) },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} returned ${response.status}: ${text}`)
  return text === '' ? null : JSON.parse(text)
}

export async function openDemoApi (origin: string): Promise<DemoApi> {
  const viewer = await send(origin, 'POST', '/v1/auth/login', DEMO_USER)
  const admin = await send(origin, 'POST', '/v1/auth/login', DEMO_ADMIN)
  const profileId: string = viewer.account.profiles[0].id
  const { accessToken } = await send(origin, 'POST', `/v1/profiles/${profileId}/select`, {}, viewer.accessToken)
  const asViewer: DemoApi['asViewer'] = async (method, path, body) =>
    await send(origin, method, path, body, accessToken)
  return {
    profileId,
    asViewer,
    asAdmin: async (method, path, body) => await send(origin, method, path, body, admin.accessToken),
    findTitle: async (query) => (await asViewer('GET', `/v1/search?q=${encodeURIComponent(query)}`)).items[0].id,
  }
}
