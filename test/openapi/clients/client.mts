// Plays a movie with the types that openapi-typescript generates, and prints where it can be continued.
import createClient from 'openapi-fetch'
import type { paths } from './api.js'

const { ORIGIN = '', EMAIL = '', PASSWORD = '' } = process.env
const createApi = (token = '') => createClient<paths>({ baseUrl: ORIGIN, headers: { authorization: `Bearer ${token}` } })
const now = (): string => new Date().toISOString()
function dataOf<T> ({ data, error }: { data?: T, error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error))
  return data
}

const tokens = dataOf(await createClient<paths>({ baseUrl: ORIGIN }).POST('/v1/auth/login', {
  body: { email: EMAIL, password: PASSWORD },
}))
const profileId = tokens.account.profiles[0]?.id ?? ''
const inProfile = { params: { path: { profileId } } }
const { accessToken } = dataOf(
  await createApi(tokens.accessToken).POST('/v1/profiles/{profileId}/select', { ...inProfile, body: {} }),
)
const api = createApi(accessToken)
const home = dataOf(await api.GET('/v1/profiles/{profileId}/home', inProfile))
const [card] = dataOf(await api.GET('/v1/titles')).items
if (card === undefined) throw new Error('The list is empty.')
const { streamId } = dataOf(
  await api.POST('/v1/profiles/{profileId}/playback', { ...inProfile, body: { itemId: card.id } }),
)
const inStream = { params: { path: { profileId, streamId } } }
dataOf(
  await api.PUT('/v1/profiles/{profileId}/playback/{streamId}', { ...inStream, body: { positionMs: 3_000, at: now() } }),
)
const stopped = dataOf(
  await api.POST('/v1/profiles/{profileId}/playback/{streamId}/stop', {
    ...inStream,
    body: { positionMs: 4_000, at: now() },
  }),
)
const [continued] = dataOf(await api.GET('/v1/profiles/{profileId}/continue-watching', inProfile)).items
console.log(JSON.stringify({
  rows: home.rows.length,
  title: card.title,
  rating: card.maturityRating,
  year: card.year,
  stoppedMs: stopped.progress?.positionMs,
  kind: continued?.kind,
  continueMs: continued?.positionMs,
}))
