// Compresses text responses with Brotli or gzip (RFC 9110 §8.4). Media, images and event streams go out as they are.
import fastifyCompress from '@fastify/compress'
import type { FastifyReply, onSendHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'
import { limitEntries } from '../domain/cache-limits.js'

/** A smaller body fits into one TCP segment either way. */
const MIN_BYTES = 1_024
/**
 * Bodies up to this size are compressed on the main thread: Brotli at quality 4 takes 0.06 ms for 9 kB, less than a
 * round trip through the thread pool. Larger ones are streams.
 */
const MAX_SYNC_BYTES = 64 * 1_024
/** Neither `text/event-stream`, whose events must not wait in a buffer, nor `text/vtt`, which is served in ranges. */
const COMPRESSIBLE_TYPES = new RegExp(
  '^(?:application/(?:[\\w.-]+\\+)?json|application/(?:javascript|x-ndjson)|image/svg\\+xml|' +
    'text/(?:css|csv|html|javascript|plain))(?:;|$)',
)

/**
 * Registers compression for every route that is added later.
 * - A response keeps its ETag in every encoding. The tag names a version of the resource, clients send it back in
 *   `If-Match`, and no response with a strong tag is both compressed and served in ranges.
 * - Request bodies are not decompressed: a small one could expand beyond the body limit.
 */
export default fp(async function compression (app) {
  await app.register(fastifyCompress, {
    encodings: ['br', 'gzip'],
    threshold: MIN_BYTES,
    syncThreshold: MAX_SYNC_BYTES,
    customTypes: COMPRESSIBLE_TYPES,
    globalDecompression: false,
  })
  // @fastify/compress and @fastify/static take `*` for gzip or Brotli, also when the client rejects it by `q=0`.
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw
    const accepted = headers['accept-encoding']
    if (typeof accepted === 'string' && accepted.includes('*')) {
      headers['accept-encoding'] = new Negotiator({ headers }).encoding(['gzip', 'br', 'identity']) ?? 'identity'
    }
    done()
  })
  app.addHook('onRoute', (route) => {
    if (route.compress === false) return
    // The last hook is the one that @fastify/compress has just added. It decides by the content type alone.
    const hooks = [route.onSend ?? []].flat()
    const compress = hooks.pop() as onSendHookHandler | undefined
    if (compress === undefined) return
    const compressIfAllowed: onSendHookHandler = function (request, reply, payload, done) {
      const isAllowed = isCompressible(reply)
      // Caches need the header on uncompressed responses too.
      if (isAllowed || reply.statusCode === 304) addVaryByEncoding(reply)
      if (isAllowed && request.headers['accept-encoding'] !== undefined) {
        compress.call(this, request, reply, payload, done)
      } else done(null, payload)
    }
    // For HEAD, a hook of Fastify drops the body. Compressing before it makes the headers those of GET.
    route.onSend = route.method === 'HEAD' ? [compressIfAllowed, ...hooks] : [...hooks, compressIfAllowed]
  })
}, { name: 'compression' })

/**
 * Responses with `no-store` contain tokens, signed URLs or personal data. They are not compressed, because the length
 * of a compressed body can reveal a secret to an attacker who chooses another part of it (BREACH, CVE-2013-3587).
 */
function isCompressible (reply: FastifyReply): boolean {
  const isStorable = !String(reply.getHeader('cache-control') ?? '').includes('no-store')
  return isStorable && COMPRESSIBLE_TYPES.test(String(reply.getHeader('content-type') ?? ''))
}

/** Values of Vary by the value without Accept-Encoding: responses have few different ones. */
const varyValues = new LRUCache<string, string>(limitEntries(100))

function addVaryByEncoding (reply: FastifyReply): void {
  const header = String(reply.getHeader('vary') ?? '')
  let value = varyValues.get(header)
  if (value === undefined) {
    value = listWithEncoding(header)
    varyValues.set(header, value)
  }
  reply.header('vary', value)
}

function listWithEncoding (header: string): string {
  const names = header.split(/\s*,\s*/).filter((name) => name !== '')
  const isListed = names.some((name) => name === '*' || name.toLowerCase() === 'accept-encoding')
  return isListed ? header : [...names, 'accept-encoding'].join(', ')
}
