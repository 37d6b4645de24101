// The web apps, which are clients of the public routes, and the API reference. The build writes them to dist/web.
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { access } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { notFound, routeNotFound } from '../src/errors.js'
import { sendHtmlPage } from '../src/http/html-page.js'

const WEB_DIR = fileURLToPath(new URL('../web/', import.meta.url))
/** The router of an app selects the page by the path. */
const APPS = ['watch', 'admin'] as const
/** Paths of links in emails and on TVs when PUBLIC_URL is this service; the watch app has the pages. */
const LINK_PATHS = ['/confirm-email', '/reset-password', '/link']
/** Paths within an app, decoded: names and IDs. No dots, so that no proxy or browser could resolve them to a parent. */
const PAGE_PATH = /^(?!.*\/\/)[\p{L}\p{N} _:&,'/-]*$/u
const ASSET_NAME = /^[\w-]+(\.[\w-]+)+$/
const ICON_CACHING = 'public, max-age=86400'
/** The names of assets contain a content hash. */
const ASSET_CACHING = { maxAge: '1y', immutable: true } as const

/**
 * Allows only resources of this service, except images from other hosts and the blobs of adaptive playback.
 * Forbids inline scripts and styles, so that no text of the catalogue can become one.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' https: data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Scalar sets inline styles, and shows examples of images. */
const REFERENCE_POLICY = CONTENT_SECURITY_POLICY
  .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
  .replace("img-src 'self' https:", "img-src 'self'")

/** Where programs and people find the API (RFC 8631). */
const API_LINKS = '</openapi.json>; rel="service-desc", </reference>; rel="service-doc", </guides>; rel="help"'

/** The service worker requests the page and its assets. */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"

const webApps: FastifyPluginAsync = async (app) => {
  // The build writes a Brotli and a gzip copy of each script and style.
  await app.register(fastifyStatic, { root: WEB_DIR, serve: false, preCompressed: true })
  const config = { access: 'public' } as const

  for (const name of APPS) {
    for (const url of [`/${name}`, `/${name}/*`]) {
      app.get<{ Params: { '*'?: string } }>(url, { config }, async (request, reply) => {
        if (!PAGE_PATH.test(request.params['*'] ?? '')) throw routeNotFound()
        return await sendPage(request, reply, name, CONTENT_SECURITY_POLICY)
      })
    }
  }
  app.get('/reference', { config }, async (request, reply) => {
    return await sendPage(request, reply, 'reference', REFERENCE_POLICY)
  })
  for (const url of LINK_PATHS) app.get(url, { config }, redirectToWatchApp)
  app.get('/', { config }, redirectToStartPage)
  for (const url of ['/v1', '/v1/', '/reference/']) app.get(url, { config }, redirectToReference)
  for (const url of ['/favicon.ico', '/icon.svg']) app.get(url, { config }, sendIcon)
  app.get('/watch/service-worker.js', { config }, sendServiceWorker)
  app.get('/watch/manifest.webmanifest', { config }, sendManifest)
  app.get<{ Params: { name: string } }>('/icons/:name', { config }, async (request, reply) => {
    const { name } = request.params
    if (!ASSET_NAME.test(name)) throw notFound('file')
    return await reply.header('cache-control', ICON_CACHING).sendFile(`icons/${name}`, { cacheControl: false })
  })

  app.get<{ Params: { name: string } }>('/assets/:name', { config }, async (request, reply) => {
    const { name } = request.params
    if (!ASSET_NAME.test(name)) throw notFound('file')
    return await reply.sendFile(`assets/${name}`, ASSET_CACHING)
  })
}

/** The watch app if it was built, else the documentation. Not permanent: a later build adds the app. */
async function redirectToStartPage (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const isBuilt = await access(path.join(WEB_DIR, 'watch', 'index.html')).then(() => true, () => false)
  return await reply.headers({ 'cache-control': 'no-cache', link: API_LINKS }).redirect(
    isBuilt ? '/watch' : '/docs',
    302,
  )
}

/** The start prints the base URL of the API: who opens it finds the description. */
async function redirectToReference (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await reply.headers({ 'cache-control': 'no-cache', link: API_LINKS }).redirect('/reference', 302)
}

/** Keeps the token or the code in the query. */
async function redirectToWatchApp (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await reply.header('cache-control', 'no-store').redirect(`/watch${request.url}`, 302)
}

/** The pages name their icon. Browsers ask for /favicon.ico on every other page, such as a response of the API. */
async function sendIcon (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await reply.header('cache-control', ICON_CACHING).sendFile('icon.svg', { cacheControl: false })
}

/** Browsers compare the worker with the installed one: a new build installs a new worker. */
async function sendServiceWorker (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await reply
    .headers({
      'content-security-policy': WORKER_POLICY,
      'service-worker-allowed': '/watch',
      'cache-control': 'no-cache',
    })
    .sendFile('watch/service-worker.js', { cacheControl: false })
}

async function sendManifest (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await reply
    .headers({ 'cache-control': 'no-cache' })
    .type('application/manifest+json')
    .sendFile('watch/manifest.webmanifest', { cacheControl: false })
}

async function sendPage (
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  policy: string,
): Promise<FastifyReply> {
  const file = path.join(WEB_DIR, name, 'index.html')
  return await sendHtmlPage(request, reply, { file, policy, subject: 'page: build it with "npm run build"' })
}

export default webApps
