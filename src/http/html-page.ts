// Sends HTML pages of the build, which browsers revalidate each time: a page names the assets of its build.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { notFound } from '../errors.js'
import { matchesEtag } from './conditional-requests.js'

/**
 * Sends a file with an entity tag.
 * @param policy content security policy of the page
 * @param subject what does not exist without the file, for the message
 * @throws DomainError 404 `not-found`
 */
export async function sendHtmlPage (
  request: FastifyRequest,
  reply: FastifyReply,
  { file, policy, subject }: { readonly file: string, readonly policy: string, readonly subject: string },
): Promise<FastifyReply> {
  const html = await readFile(file, 'utf8').catch(() => {
    throw notFound(subject)
  })
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 16)}"`
  reply.headers({ 'content-security-policy': policy, 'cache-control': 'no-cache', etag })
  const ifNoneMatch = request.headers['if-none-match']
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag, false)) return await reply.code(304).send()
  return await reply.type('text/html; charset=utf-8').send(html)
}
