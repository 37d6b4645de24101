// Entity tags of catalogue answers: the title's revision, which admins send back as If-Match, and a hash of the answer.
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { matchesTag } from './byte-ranges.js'
import { badRequest } from '../errors.js'

interface Tagged {
  readonly text: string
  readonly hash: string
  readonly revision: number | null
  readonly languages: readonly string[]
}

/**
 * Sends a catalogue answer with its ETag, or 304 when the client has it.
 * @param revision of the title, when it is about one
 * @param languages of what it tells, when it could be told in others
 */
export async function sendTagged (
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
  revision: number | null = null,
  languages: readonly string[] = [],
): Promise<FastifyReply> {
  const text = reply.serialize(body as Record<string, unknown>) as string
  return await sendText(request, reply, { text, hash: hashOf(text), revision, languages })
}

/** The same for what is written already. */
export async function sendText (
  request: FastifyRequest,
  reply: FastifyReply,
  { text, hash, revision, languages }: Tagged,
): Promise<FastifyReply> {
  const etag = revision === null ? `"${hash}"` : `"v${revision}-${hash}"`
  reply.header('etag', etag).header('cache-control', 'private, no-cache').header(
    'vary',
    'Accept-Language, Authorization, Origin',
  )
  if (languages.length > 0) reply.header('content-language', languages.join(', '))
  const known = request.headers['if-none-match']
  if (known !== undefined && matchesTag(known, etag, false)) return await reply.code(304).send()
  return await reply.type('application/json; charset=utf-8').serializer((payload: string) => payload).send(text)
}

export function hashOf (text: string): string {
  return createHash('sha1').update(text).digest('base64url').slice(0, 16)
}

/**
 * Reads the revision that If-Match names.
 * @returns null when there is no If-Match, or it takes any
 * @throws DomainError 400 for a tag that is not one of ours
 */
export function wantedRevision (request: FastifyRequest): number | null {
  const header = request.headers['if-match']
  if (header === undefined || header.trim() === '*') return null
  const match = /^"v(\d+)-[\w-]*"$/.exec(header.trim())
  if (match === null) throw badRequest('invalid-if-match', 'If-Match takes the ETag that a GET of this title answered.')
  return Number(match[1])
}
