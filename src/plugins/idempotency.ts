// Requests that make something carry an `Idempotency-Key` where a lost answer must not make it twice: repeating one within
// a day gets the answer of the first. Routes ask for it by `repeatable: true`.
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createHash } from 'node:crypto'
import mongoose from 'mongoose'
import { Type } from 'typebox'
import { isDuplicateKey } from '../../models/upsert.js'
import {
  IdempotencyRecord,
  type StoredResponse,
  type StoredIdempotencyRecord,
} from '../../models/idempotency-record.js'
import { DomainError } from '../errors.js'
import { callerOf } from './auth.js'

export const KEY_HEADER = 'idempotency-key'
const REPLAYED_HEADER = 'idempotent-replayed'
const REMEMBERED_MS = 24 * 3_600_000
/** Whoever has not answered by then has died. */
const WORK_WITHIN_MS = 60_000
/** A show with all its episodes; the database takes 16 MiB. */
const MAX_ANSWER_BYTES = 8 * 1024 ** 2
const KEPT_HEADERS = ['content-type', 'location', 'etag'] as const

declare module 'fastify' {
  interface FastifyContextConfig {
    idempotencyKey?: boolean
  }
  interface FastifyRequest {
    /** The stored request that this one works on; null when it cannot be repeated. */
    idempotencyRecord: string | null
  }
}

export default fp<{ readonly now: () => Date }>(async function idempotency (app, { now }) {
  app.decorateRequest('workingOn', null)

  app.addHook('onRoute', (route) => {
    if (route.config?.idempotencyKey !== true) return
    const headers = Type.Object({
      [KEY_HEADER]: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 255,
          description:
            'Made by the client, new for each intention: a repetition with the same key within a day gets the first answer, and makes nothing again',
        }),
      ),
    })
    route.schema = { ...route.schema, headers }
  })

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers[KEY_HEADER]
    if (request.routeOptions.config.idempotencyKey !== true || typeof key !== 'string') return
    const known = await begin(request, key)
    if (known !== null) return await replay(reply, known)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    if (request.idempotencyRecord === null) return payload
    const isMade = reply.statusCode >= 200 && reply.statusCode < 300 && typeof payload === 'string' &&
      payload.length <= MAX_ANSWER_BYTES
    const id = request.idempotencyRecord
    request.idempotencyRecord = null
    // When nothing was made the same key may try again.
    const write = isMade
      ? IdempotencyRecord.updateOne({ _id: id }, {
        $set: { response: { status: reply.statusCode, headers: keptHeaders(reply), body: payload } },
      })
      : IdempotencyRecord.deleteOne({ _id: id })
    await write.catch((error: unknown) => {
      request.log.warn({ err: error }, 'the answer of a repeatable request could not be kept')
    })
    return payload
  })

  /** @returns the answer of the first; null for whoever is the first @throws DomainError 409 `request-in-progress`, 422 `idempotency-key-reused` */
  async function begin (request: FastifyRequest, key: string): Promise<StoredResponse | null> {
    const { accountId } = callerOf(request)
    const _id = hashOf(accountId, key)
    const fingerprint = hashOf(request.method, request.url, JSON.stringify(request.body ?? null))
    const at = now().getTime()
    const workUntil = new Date(at + WORK_WITHIN_MS)
    try {
      await IdempotencyRecord.create({
        _id,
        account: accountId,
        fingerprint,
        claimedUntil: workUntil,
        expiresAt: new Date(at + REMEMBERED_MS),
      })
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      const stored = await IdempotencyRecord.findById(_id).lean<StoredIdempotencyRecord>()
      if (stored !== null && stored.fingerprint !== fingerprint) throw keyReused()
      if (stored !== null && stored.response !== null) return stored.response
      // Of several that find it given up, one takes it over.
      const taken = await IdempotencyRecord.updateOne({
        _id,
        answer: null,
        workUntil: mongoose.trusted({ $lte: new Date(at) }),
      }, { $set: { claimedUntil: workUntil } })
      if (taken.modifiedCount === 0) throw inProgress()
    }
    request.idempotencyRecord = _id
    return null
  }
}, { name: 'idempotency', dependencies: ['auth'] })

async function replay (reply: FastifyReply, { status, headers, body }: StoredResponse): Promise<FastifyReply> {
  return await reply.code(status).headers(headers).header(REPLAYED_HEADER, 'true').serializer((text: unknown) =>
    String(text)
  ).send(body)
}

function keptHeaders (reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : []),
  )
}

function hashOf (...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function inProgress (): DomainError {
  return new DomainError(
    409,
    'request-in-progress',
    'Still being answered',
    'A request with this Idempotency-Key is being worked on. Repeat it in a moment.',
    {},
    { 'retry-after': '1' },
  )
}

function keyReused (): DomainError {
  return new DomainError(
    422,
    'idempotency-key-reused',
    'Another request had this key',
    'This Idempotency-Key belongs to another request. Make a new key for each intention.',
  )
}
