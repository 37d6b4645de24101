// Names for the types of the API.
import type { Client } from 'openapi-fetch'
import type { components, paths } from './generated/api.js'

export type { components, operations, paths } from './generated/api.js'
export type Schemas = components['schemas']
/** A client of openapi-fetch: `GET`, `POST` and so on take a path and return `{ data, error, response }`. */
export type ApiClient = Client<paths>
export type RequestBody<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends
  { requestBody?: { content: { 'application/json': infer Body } } } ? Body : never
export type QueryOf<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends
  { parameters: { query?: infer Query } } ? NonNullable<Query> : never

export type Account = Schemas['Account']
export type Profile = Schemas['Profile']
export type Tokens = Schemas['Tokens']
export type Playback = Schemas['Playback']
export type ContinueCard = Schemas['ContinueCard']
export type Change = Schemas['Change']
export type SignUpBody = RequestBody<'/v1/auth/signup', 'post'>

/** Sends a request. `fetch` is one. */
export type SendRequest = (request: Request) => Promise<Response>
