// Content negotiation by language: Accept-Language of requests, Content-Language of responses.
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  createLocaliser,
  type ChooseLanguage,
  type LanguageNegotiation,
  type Localiser,
} from '../catalogue/queries/localise.js'

export interface ContentLanguageDeps {
  readonly languages: LanguageNegotiation
}

/** The languages that the client gets. */
export function requestLanguages ({ languages }: ContentLanguageDeps, request: FastifyRequest): ChooseLanguage {
  return languages.chooserFor(request.headers['accept-language'])
}

/** Creates a localiser for the languages that the client accepts. */
export function createRequestLocaliser (deps: ContentLanguageDeps, request: FastifyRequest): Localiser {
  return createLocaliser(requestLanguages(deps, request))
}

const asItIs = (payload: unknown): never => payload as never

/** Sends JSON that was serialised before. Bytes are written to the connection without another copy. */
export function sendJson (reply: FastifyReply, json: string | Buffer): FastifyReply {
  const bytes = typeof json === 'string' ? Buffer.from(json) : json
  return reply.type('application/json; charset=utf-8').serializer(asItIs).send(bytes)
}

/**
 * Sends serialised JSON with Content-Language and Vary.
 * @param localiser after the texts of the response were localised
 */
export function sendLocalisedJson (reply: FastifyReply, localiser: Localiser, json: string): FastifyReply {
  return sendJson(reply, setContentLanguage(reply, localiser, json))
}

/**
 * Sets Content-Language and Vary.
 * @param localiser after the texts of the response were localised
 * @returns the body
 */
export function setContentLanguage<T> (reply: FastifyReply, localiser: Localiser, body: T): T {
  reply.header('vary', 'Accept-Language, Authorization, Origin')
  const languages = localiser.languages()
  if (languages.length > 0) reply.header('content-language', languages.join(', '))
  return body
}
