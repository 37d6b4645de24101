// Content negotiation by language: Accept-Language of requests, Content-Language of responses.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createLocaliser, type Localiser } from '../catalogue/queries/localise.js'
import type { Config } from '../config.js'

export interface ContentLanguageDeps {
  readonly config: Pick<Config, 'catalogueLanguage'>
}

/** Creates a localiser for the languages that the client accepts. */
export function createRequestLocaliser ({ config }: ContentLanguageDeps, request: FastifyRequest): Localiser {
  return createLocaliser(request.headers['accept-language'], config.catalogueLanguage)
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
