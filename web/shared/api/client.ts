// API clients of the client package, typed by openapi/openapi.json: the build checks paths, bodies and responses.
import type { Schemas } from '@normflix/client/types.js'
import { session } from './session.js'

export type {
  Account,
  ContinueCard,
  Playback,
  Profile,
  QueryOf,
  RequestBody,
  Schemas,
} from '@normflix/client/types.js'
export type Plan = Schemas['Plan']
export type Card = Schemas['Card']
export type Movie = Schemas['Movie']
export type Show = Schemas['Show']
export type Season = Schemas['Season']
export type Episode = Schemas['Episode']
export type MediaFile = Schemas['MediaFile']
export type Undo = Schemas['Undo']
export type Rating = NonNullable<Card['rating']>

/** The client for the selected profile, and the one for the account and for the routes of staff. */
export const { profileClient, accountClient } = session
