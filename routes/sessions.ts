// Log-out, and the sessions of the account.
import fastifyCookie from '@fastify/cookie'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findSession } from '../models/session.js'
import type { AccountDeps } from '../src/accounts/deps.js'
import { endAllSessions, endSession, listSessions } from '../src/accounts/sessions.js'
import { notFound } from '../src/errors.js'
import { forbidCaching } from '../src/http/etags.js'
import { createSessionCookie } from '../src/http/session-cookie.js'
import { callerOf } from '../src/plugins/caller.js'
import { Session } from '../src/schemas/account.js'
import { Id, listSchema, NoContent, ref, responses } from '../src/schemas/common.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { toSession } from '../src/views/accounts.js'

const sessions: FastifyPluginAsyncTypebox<AccountDeps> = async (app, deps) => {
  app.addHook('onSend', forbidCaching)
  await app.register(fastifyCookie, { hook: false })
  const cookie = createSessionCookie(deps.config)

  app.post('/auth/logout', {
    config: { access: 'catalogue', audit: true },
    schema: {
      tags: ['Authentication'],
      summary: 'Log out: end the current session',
      description: 'Ends the session and its streams; their positions are saved. Access tokens of the session stop ' +
        'working within 5 s.',
      operationId: 'logOut',
      response: responses({ 204: withHeaders(NoContent, 'Set-Cookie') }),
    },
  }, async (request, reply) => {
    const session = await findSession(callerOf(request).sessionId)
    if (session !== null) await endSession(deps, session, 'logged-out')
    cookie.clear(request, reply)
    return await reply.code(204).send(null)
  })

  app.post('/auth/logout-everywhere', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['Authentication'],
      summary: 'End all sessions of the account',
      description: 'Ends every session of the account, also the current one, and their streams. The positions are ' +
        'saved.',
      operationId: 'logOutEverywhere',
      response: responses({ 204: withHeaders(NoContent, 'Set-Cookie') }),
    },
  }, async (request, reply) => {
    await endAllSessions(deps, callerOf(request).accountId, null, 'logged-out-everywhere')
    cookie.clear(request, reply)
    return await reply.code(204).send(null)
  })

  app.get('/auth/sessions', {
    config: { access: 'account' },
    schema: {
      tags: ['Authentication'],
      summary: 'List the live sessions of the account',
      description: 'The session of the request has `current: true`.',
      operationId: 'listSessions',
      response: responses({ 200: listSchema(ref(Session)) }),
    },
  }, async (request) => {
    const { accountId, sessionId } = callerOf(request)
    const sessions = await listSessions(accountId, deps.now())
    return { items: sessions.map((session) => toSession(session, sessionId)) }
  })

  app.delete('/auth/sessions/:sessionId', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['Authentication'],
      summary: 'End a session',
      description: 'Logs out a device. Its access tokens stop working within 5 s, and its streams end.',
      operationId: 'endSession',
      params: Type.Object({ sessionId: Id }),
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const session = await findSession(request.params.sessionId)
    if (session === null || session.account.toString() !== callerOf(request).accountId) throw notFound('session')
    await endSession(deps, session, 'ended-by-owner')
    return await reply.code(204).send(null)
  })
}

export default sessions
