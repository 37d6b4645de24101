// Idempotency keys: a request that is retried with the same `Idempotency-Key` within a day receives the response of the
// first one and changes nothing again. A route supports them with `config: { idempotencyKey: true }`.
import type { FastifyReply, FastifyRequest, onSendAsyncHookHandler, preHandlerAsyncHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { createHash } from 'node:crypto'
import mongoose from 'mongoose'
import { Type } from 'typebox'
import { isDuplicateKey } from '../../models/upsert.js'
import {
  IdempotencyRecord,
  type StoredIdempotencyRecord,
  type StoredResponse,
} from '../../models/idempotency-record.js'
import { DomainError } from '../errors.js'
import type { KeyRing } from '../security/key-ring.js'
import { openText, sealText } from '../security/sealed-text.js'
import { callerOf } from './caller.js'

const KEY_HEADER = 'idempotency-key'
const REPLAYED_HEADER = 'idempotent-replayed'
const RECORD_TTL_MS = 24 * 3_600_000
/** A process that has not responded by then is considered dead; a retry may run the request. */
const CLAIM_TTL_MS = 60_000
/** Fits a show with all its episodes; a MongoDB document holds 16 MiB. */
const MAX_RESPONSE_BYTES = 8 * 1024 ** 2
const STORED_HEADERS = ['content-type', 'location', 'etag'] as const

const KeyHeader = Type.Object({
  [KEY_HEADER]: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Unique per operation, chosen by the client. A retry with the same key within 24 hours receives the ' +
        'first response, and nothing is created again.',
    }),
  ),
})

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Supports the `Idempotency-Key` header. */
    idempotencyKey?: boolean
    /** The response contains a secret: its stored copy is encrypted. */
    hasSecretResponse?: boolean
  }
  interface FastifyRequest {
    /** ID of the idempotency record that this request has claimed; null without a key. */
    idempotencyRecord: string | null
  }
}

interface IdempotencyOptions {
  readonly keys: KeyRing
  now(): Date
}

export default fp<IdempotencyOptions>(async function idempotency (app, { keys, now }) {
  app.decorateRequest('idempotencyRecord', null)

  app.addHook('onRoute', (route) => {
    if (route.config?.idempotencyKey !== true) return
    route.schema = { ...route.schema, headers: KeyHeader }
    route.preHandler = [claimOrReplay, ...[route.preHandler ?? []].flat()]
    route.onSend = [storeResponse, ...[route.onSend ?? []].flat()]
  })

  const claimOrReplay: preHandlerAsyncHookHandler = async (request, reply) => {
    const key = request.headers[KEY_HEADER]
    if (typeof key !== 'string') return
    const response = await claimOrFindResponse(request, key)
    if (response !== null) return await replay(reply, response)
  }

  const storeResponse: onSendAsyncHookHandler = async (request, reply, payload) => {
    if (request.idempotencyRecord === null) return payload
    const id = request.idempotencyRecord
    request.idempotencyRecord = null
    const isSuccess = reply.statusCode >= 200 && reply.statusCode < 300
    const body = Buffer.isBuffer(payload) ? payload.toString() : payload
    const isStored = isSuccess && typeof body === 'string' && body.length <= MAX_RESPONSE_BYTES
    // After a failure, the same key may try again.
    const write = isStored
      ? IdempotencyRecord.updateOne({ _id: id }, {
        $set: {
          response: { status: reply.statusCode, headers: storedHeaders(reply), ...toStoredBody(request, id, body) },
        },
      })
      : IdempotencyRecord.deleteOne({ _id: id })
    const isWritten = write.catch((error: unknown) => {
      request.log.warn({ err: error }, 'the response to a request with an idempotency key was not stored')
    })
    // An unavailable database must not delay the response that reports it.
    if (reply.statusCode !== 503) await isWritten
    return payload
  }

  function toStoredBody (request: FastifyRequest, id: string, body: string): Pick<StoredResponse, 'body' | 'kid'> {
    if (request.routeOptions.config.hasSecretResponse !== true) return { body, kid: null }
    const { kid, sealed } = sealText(keys, 'idempotency', id, body)
    return { body: sealed.toString('base64'), kid }
  }

  function openResponse (id: string, response: StoredResponse): StoredResponse {
    const { body, kid = null } = response
    if (kid === null) return response
    return { ...response, body: openText(keys, 'idempotency', id, { kid, sealed: Buffer.from(body, 'base64') }) }
  }

  /**
   * Claims the key for this request.
   * @returns null when the request may run, else the response of the first request with the key
   * @throws DomainError 409 `request-in-progress`, 422 `idempotency-key-reused`
   */
  async function claimOrFindResponse (request: FastifyRequest, key: string): Promise<StoredResponse | null> {
    const { accountId } = callerOf(request)
    const id = hash(accountId, key)
    const fingerprint = hash(request.method, request.url, JSON.stringify(request.body ?? null))
    const at = now().getTime()
    const claimedUntil = new Date(at + CLAIM_TTL_MS)
    try {
      await IdempotencyRecord.create({
        _id: id,
        account: accountId,
        fingerprint,
        claimedUntil,
        expiresAt: new Date(at + RECORD_TTL_MS),
      })
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      const stored = await IdempotencyRecord.findById(id).lean<StoredIdempotencyRecord>()
      if (stored !== null && stored.fingerprint !== fingerprint) throw keyReused()
      if (stored !== null && stored.response !== null) return openResponse(id, stored.response)
      // Of several retries that find an expired claim, one takes it over.
      const expired = { _id: id, response: null, claimedUntil: mongoose.trusted({ $lte: new Date(at) }) }
      const { modifiedCount } = await IdempotencyRecord.updateOne(expired, { $set: { claimedUntil } })
      if (modifiedCount === 0) throw requestInProgress()
    }
    request.idempotencyRecord = id
    return null
  }
}, { name: 'idempotency', dependencies: ['auth'] })

async function replay (reply: FastifyReply, { status, headers, body }: StoredResponse): Promise<FastifyReply> {
  return await reply.code(status).headers(headers).header(REPLAYED_HEADER, 'true')
    .serializer((text: unknown) => String(text)).send(body)
}

function storedHeaders (reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    STORED_HEADERS.flatMap((name) => reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : []),
  )
}

function hash (...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function requestInProgress (): DomainError {
  return new DomainError(
    409,
    'request-in-progress',
    'Request in progress',
    'A request with this Idempotency-Key is still running. Retry in a moment.',
    {},
    { 'retry-after': '1' },
  )
}

function keyReused (): DomainError {
  return new DomainError(
    422,
    'idempotency-key-reused',
    'Idempotency key reused',
    'Another request was sent with this Idempotency-Key. Use a new key for each operation.',
  )
}
