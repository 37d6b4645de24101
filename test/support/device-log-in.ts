// A TV that logs in with codes, and the account that decides about it, over the API.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { call, expectProblem, type TestResponse } from './requests.js'
import type { TestUser } from './users.js'

export const CLIENT_ID = 'test-tv'
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export interface TestTv {
  readonly deviceCode: string
  /** As the TV shows it. */
  readonly userCode: string
  /** Sends one token request, as JSON. */
  poll(headers?: Record<string, string>): Promise<TestResponse>
}

/** Requests codes. @throws Error when the service rejects the request */
export async function startTv (app: FastifyInstance, device = 'Living-room TV'): Promise<TestTv> {
  const { status, body } = await call(app, 'POST', '/v1/auth/device', { body: { client_id: CLIENT_ID, device } })
  if (status !== 200) throw new Error(`The request of codes returned ${status}: ${JSON.stringify(body)}`)
  return {
    deviceCode: body.device_code,
    userCode: body.user_code,
    poll: async (headers = {}) => await pollToken(app, body.device_code, headers),
  }
}

/** Sends one token request to a process. */
export async function pollToken (
  app: FastifyInstance,
  deviceCode: string,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return await call(app, 'POST', '/v1/auth/token', {
    body: { grant_type: DEVICE_CODE_GRANT, client_id: CLIENT_ID, device_code: deviceCode },
    headers,
  })
}

export const approve = async (user: TestUser, userCode: string): Promise<TestResponse> =>
  await user.post('/v1/auth/device/approve', { userCode })
export const reject = async (user: TestUser, userCode: string): Promise<TestResponse> =>
  await user.post('/v1/auth/device/reject', { userCode })
export const find = async (user: TestUser, userCode: string): Promise<TestResponse> =>
  await user.post('/v1/auth/device/find', { userCode })

/** Checks the fields of a problem and of an OAuth error. */
export function expectOAuthError (t: Test, response: TestResponse, error: string): void {
  expectProblem(t, response, error.replaceAll('_', '-'), 400)
  t.match(response.body, { error, error_description: response.body.detail })
}
