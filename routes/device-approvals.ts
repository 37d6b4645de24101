// The account approves or rejects the log-in of a device without a keyboard.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { AccountDeps } from '../src/accounts/deps.js'
import { decideDeviceLogin, findDeviceLogin, type UserCodeOrigin } from '../src/accounts/device-log-in.js'
import { forbidCaching } from '../src/http/etags.js'
import { callerOf } from '../src/plugins/caller.js'
import { NoContent, ref, responses } from '../src/schemas/common.js'
import { DeviceLogIn, UserCodeBody } from '../src/schemas/device-log-in.js'
import { ipAddressKey } from '../src/security/ip-address.js'
import { toDeviceLogIn } from '../src/views/accounts.js'

function originOf (request: FastifyRequest): UserCodeOrigin {
  const { accountId, sessionId } = callerOf(request)
  return { accountId, sessionId, ipAddress: ipAddressKey(request.ip) }
}

const deviceApprovals: FastifyPluginAsyncTypebox<AccountDeps> = async (app, deps) => {
  app.addHook('onSend', forbidCaching)

  app.post('/auth/device/find', {
    config: { access: 'account' },
    schema: {
      tags: ['Device log-in'],
      summary: 'Find the device that shows a user code',
      description:
        'What the owner of the account should see before the approval: which device asks, and from where. Uses of ' +
        'codes are limited per account and IP address; a wrong, an expired and a used code have the same response.',
      operationId: 'findDeviceLogIn',
      body: UserCodeBody,
      response: responses({ 200: ref(DeviceLogIn) }),
    },
  }, async (request) => {
    const origin = originOf(request)
    return toDeviceLogIn(await findDeviceLogin(deps, origin, request.body.userCode), origin.ipAddress)
  })

  app.post('/auth/device/approve', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['Device log-in'],
      summary: 'Approve the log-in of a device',
      description:
        'The next poll of the device opens a session of the account of the request. The first decision about a code ' +
        'counts. Logging out everywhere withdraws an approval that the device has not used yet.',
      operationId: 'approveDevice',
      body: UserCodeBody,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await decideDeviceLogin(deps, originOf(request), request.body.userCode, 'approved')
    return await reply.code(204).send(null)
  })

  app.post('/auth/device/reject', {
    config: { access: 'account', audit: true },
    schema: {
      tags: ['Device log-in'],
      summary: 'Reject the log-in of a device',
      description: 'The next poll of the device returns `access_denied`. The first decision about a code counts.',
      operationId: 'rejectDevice',
      body: UserCodeBody,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    await decideDeviceLogin(deps, originOf(request), request.body.userCode, 'rejected')
    return await reply.code(204).send(null)
  })
}

export default deviceApprovals
