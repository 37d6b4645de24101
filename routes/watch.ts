// The watch page: a small web client of this API. It is built into dist/web, and talks to the public routes only.
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { fileURLToPath } from 'node:url'

const BUILT = fileURLToPath(new URL('../web/', import.meta.url))
/** Names of assets hold a hash of what is in them. */
const FOR_EVER = { maxAge: '1y', immutable: true } as const
/** The page names the assets of the build that it belongs to. */
const ASK_EACH_TIME = { cacheControl: false } as const

/**
 * Everything is the page's own, with two exceptions: posters are wherever the catalogue says, and adaptive playback hands
 * the video its bytes as a blob. No inline script or style, so that no text of the catalogue can become one.
 */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' https: data:", "media-src 'self' blob:",
  "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ')

const watch: FastifyPluginAsync = async (app) => {
  await app.register(fastifyStatic, { root: BUILT, serve: false })

  async function sendPage (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.headers({ 'content-security-policy': POLICY, 'cache-control': 'no-cache', 'permissions-policy': 'camera=(), microphone=(), geolocation=()' })
    return await reply.sendFile('index.html', ASK_EACH_TIME)
  }

  for (const url of ['/watch', '/watch/']) app.get(url, { config: { access: 'public' } }, sendPage)

  app.get<{ Params: { '*': string } }>('/watch/assets/*', { config: { access: 'public' } }, async (request, reply) =>
    await reply.sendFile(`assets/${request.params['*']}`, FOR_EVER))
}

export default watch
