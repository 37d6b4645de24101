// The typed clients: every path, body and answer is checked against openapi/openapi.json when the page is built.
import createClient from 'openapi-fetch'
import type { components, paths } from '../../generated/api.js'
import { renew, tokenFor, type Scope } from './session.js'

type Schemas = components['schemas']
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
export type BodyOf<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends
  { requestBody: { content: { 'application/json': infer Body } } } ? Body : never

/** Sends a request with a token; a refused one is renewed once. */
function fetchAs (scope: Scope): (request: Request) => Promise<Response> {
  const send = async (request: Request, token: string): Promise<Response> => {
    request.headers.set('authorization', `Bearer ${token}`)
    return await fetch(request)
  }
  return async (request) => {
    const again = request.clone()
    const answer = await send(request, await tokenFor(scope))
    return answer.status === 401 ? await send(again, await renew(scope)) : answer
  }
}

/** As the chosen profile: its routes, and the catalogue as it may see it. */
export const asProfile = createClient<paths>({ baseUrl: location.origin, fetch: fetchAs('profile') })
/** As the account: its profiles, and who is watching. */
export const asAccount = createClient<paths>({ baseUrl: location.origin, fetch: fetchAs('account') })
