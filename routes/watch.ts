// The watch page: a small web client of this API. It is built into dist/web, and talks to the public routes only.
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { notFound } from '../src/errors.js'
import { matchesTag } from '../src/http/byte-ranges.js'

const BUILT = fileURLToPath(new URL('../web/', import.meta.url))
const PAGE = path.join(BUILT, 'index.html')
/** Where the links in mails lead, if PUBLIC_URL is this service. */
const MAILED = ['/confirm-email', '/reset-password']
const ASSET = /^[\w-]+(\.[\w-]+)+$/
/** Names of assets hold a hash of what is in them. */
const FOR_EVER = { maxAge: '1y', immutable: true } as const

/**
 * Everything is the page's own, with two exceptions: posters are wherever the catalogue says, and adaptive playback hands
 * the video its bytes as a blob. No inline script or style, so that no text of the catalogue can become one.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' https: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const watch: FastifyPluginAsync = async (app) => {
  await app.register(fastifyStatic, { root: path.join(BUILT, 'assets'), serve: false })

  /** It names the assets of its build: browsers ask each time whether it is still the one they have. */
  async function sendPage (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const html = await readFile(PAGE, 'utf8').catch(() => {
      throw notFound('page: build it with "npm run build"')
    })
    const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 16)}"`
    reply.headers({ 'content-security-policy': POLICY, 'cache-control': 'no-cache', etag })
    const known = request.headers['if-none-match']
    if (known !== undefined && matchesTag(known, etag, false)) return await reply.code(304).send()
    return await reply.type('text/html; charset=utf-8').send(html)
  }

  for (const url of ['/watch', '/watch/', ...MAILED]) app.get(url, { config: { access: 'public' } }, sendPage)

  app.get<{ Params: { name: string } }>(
    '/watch/assets/:name',
    { config: { access: 'public' } },
    async (request, reply) => {
      const { name } = request.params
      if (!ASSET.test(name)) throw notFound('file')
      return await reply.sendFile(name, FOR_EVER)
    },
  )
}

export default watch
