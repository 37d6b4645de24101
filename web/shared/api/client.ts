// API clients typed by openapi/openapi.json: the build checks every path, request body and response.
import createClient from 'openapi-fetch'
import type { components, paths } from '../../../packages/client/src/generated/api.js'
import { renewToken, validToken, type TokenScope } from './session.js'

export type Schemas = components['schemas']
export type Account = Schemas['Account']
export type Profile = Schemas['Profile']
export type Plan = Schemas['Plan']
export type Card = Schemas['Card']
export type ContinueCard = Schemas['ContinueCard']
export type Movie = Schemas['Movie']
export type Show = Schemas['Show']
export type Season = Schemas['Season']
export type Episode = Schemas['Episode']
export type MediaFile = Schemas['MediaFile']
export type Playback = Schemas['Playback']
export type Undo = Schemas['Undo']
export type Rating = NonNullable<Card['rating']>
export type RequestBody<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends
  { requestBody?: { content: { 'application/json': infer Body } } } ? Body : never
export type QueryOf<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends
  { parameters: { query?: infer Query } } ? NonNullable<Query> : never

/** Adds an access token to requests. Renews a rejected token and repeats the request once. */
function createFetch (scope: TokenScope): (request: Request) => Promise<Response> {
  const send = async (request: Request, token: string): Promise<Response> => {
    request.headers.set('authorization', `Bearer ${token}`)
    request.headers.set('accept-language', document.documentElement.lang)
    return await fetch(request)
  }
  return async (request) => {
    const copy = request.clone()
    const response = await send(request, await validToken(scope))
    return response.status === 401 ? await send(copy, await renewToken(scope)) : response
  }
}

/** Client for the selected profile: its routes, and the catalogue within its maturity limits. */
export const profileClient = createClient<paths>({ baseUrl: location.origin, fetch: createFetch('profile') })
/** Client for the account, and for the routes of staff. */
export const accountClient = createClient<paths>({ baseUrl: location.origin, fetch: createFetch('account') })
