// The watch page, a web client of the public routes. The build writes it to dist/web.
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { access, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { notFound } from '../src/errors.js'
import { matchesEtag } from '../src/http/conditional-requests.js'

const WEB_DIR = fileURLToPath(new URL('../web/', import.meta.url))
const PAGE_FILE = path.join(WEB_DIR, 'index.html')
/** Pages that emails link to when PUBLIC_URL is this service. */
const EMAIL_LINK_PATHS = ['/confirm-email', '/reset-password']
const ICON_NAME = /^icon-\w+\.svg$/
const ASSET_NAME = /^[\w-]+(\.[\w-]+)+$/
/** The names of assets contain a content hash. */
const ASSET_CACHING = { maxAge: '1y', immutable: true } as const

/**
 * Allows only resources of this service, except posters from other hosts and the blobs of adaptive playback.
 * Forbids inline scripts and styles, so that no text of the catalogue can become one.
 */
const CONTENT_SECURITY_POLICY = [
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
  // The build writes a Brotli and a gzip copy of each script and style.
  await app.register(fastifyStatic, { root: path.join(WEB_DIR, 'assets'), serve: false, preCompressed: true })

  for (const url of ['/watch', '/watch/', ...EMAIL_LINK_PATHS]) app.get(url, { config: { access: 'public' } }, sendPage)

  app.get('/', { config: { access: 'public' } }, redirectToStartPage)
  app.get('/favicon.ico', { config: { access: 'public' } }, sendIcon)

  app.get<{ Params: { name: string } }>(
    '/watch/assets/:name',
    { config: { access: 'public' } },
    async (request, reply) => {
      const { name } = request.params
      if (!ASSET_NAME.test(name)) throw notFound('file')
      return await reply.sendFile(name, ASSET_CACHING)
    },
  )
}

/** The page if it was built, else the documentation. Not permanent: a later build adds the page. */
async function redirectToStartPage (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const isBuilt = await access(PAGE_FILE).then(() => true, () => false)
  return await reply.header('cache-control', 'no-cache').redirect(isBuilt ? '/watch' : '/docs', 302)
}

/** The page names its icon. Browsers ask for this URL on every other page, such as a response of the API. */
async function sendIcon (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = (await readdir(path.join(WEB_DIR, 'assets')).catch(() => [])).find((file) => ICON_NAME.test(file))
  if (name === undefined) throw notFound('file')
  return await reply.header('cache-control', 'public, max-age=86400').sendFile(name, { cacheControl: false })
}

/** The page names the assets of its build: browsers revalidate it each time. */
async function sendPage (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const html = await readFile(PAGE_FILE, 'utf8').catch(() => {
    throw notFound('page: build it with "npm run build"')
  })
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 16)}"`
  reply.headers({ 'content-security-policy': CONTENT_SECURITY_POLICY, 'cache-control': 'no-cache', etag })
  const ifNoneMatch = request.headers['if-none-match']
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag, false)) return await reply.code(304).send()
  return await reply.type('text/html; charset=utf-8').send(html)
}

export default watch
