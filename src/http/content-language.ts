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
