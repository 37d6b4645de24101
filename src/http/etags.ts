// Entity tags of catalogue responses: revision of the title, which administrators send as If-Match, and a content hash.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { hashText, toContentLanguage } from '../catalogue/cache/response-cache.js'
import { badRequest } from '../errors.js'
import { matchesEtag } from './conditional-requests.js'
import { sendJson } from './content-language.js'

/** What the headers of a response say about a resource. */
export interface RepresentationHeaders {
  /** Revision of the title that the response is about; null if there is none. */
  readonly revision: number | null
  /** Value of Content-Language; null if the response does not depend on the language. */
  readonly contentLanguage: string | null
}

/**
 * Sends a catalogue response with its ETag, or 304 if the client has the current version.
 * @param revision of the title that the response is about; null if there is none
 * @param languages values of Content-Language; empty if the response does not depend on the language
 */
export async function sendWithEtag (
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
  revision: number | null = null,
  languages: readonly string[] = [],
): Promise<FastifyReply> {
  const text = reply.serialize(body as Record<string, unknown>) as string
  const contentLanguage = toContentLanguage(languages)
  return sendSerialised(request, reply, { revision, contentLanguage }, hashText(text), () => text)
}

/**
 * Sends JSON that was serialised before with its ETag, or 304 if the client has the current version.
 * @param hash of the JSON
 * @param payload creates the JSON; not called for a 304
 */
export function sendSerialised (
  request: FastifyRequest,
  reply: FastifyReply,
  { revision, contentLanguage }: RepresentationHeaders,
  hash: string,
  payload: () => string | Buffer,
): FastifyReply {
  const etag = revision === null ? `"${hash}"` : `"v${revision}-${hash}"`
  reply.header('etag', etag).header('cache-control', 'private, no-cache').header(
    'vary',
    'Accept-Language, Authorization, Origin',
  )
  if (contentLanguage !== null) reply.header('content-language', contentLanguage)
  const ifNoneMatch = request.headers['if-none-match']
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag, false)) return reply.code(304).send()
  return sendJson(reply, payload())
}

/**
 * Reads the revision in If-Match.
 * @returns null without If-Match, and for `*`
 * @throws DomainError 400 `invalid-if-match` if the tag was not created by this service
 */
export function ifMatchRevision (request: FastifyRequest): number | null {
  const header = request.headers['if-match']
  if (header === undefined || header.trim() === '*') return null
  const match = /^"v(\d+)-[\w-]*"$/.exec(header.trim())
  if (match === null) {
    throw badRequest('invalid-if-match', 'If-Match must be the ETag of a GET response for this title.')
  }
  return Number(match[1])
}

/** Hook for onSend: forbids caches to store the response. */
export async function forbidCaching (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('cache-control', 'no-store')
}
