// Log-in of devices by a code: as the device, and as the account that approves it.
import { accountClient, type Schemas } from '@shared/api/client.js'
import { deviceName } from '@shared/api/device-name.js'
import { ApiProblem, unwrap } from '@shared/api/problem.js'
import { publicClient } from '@shared/api/session.js'

export type DeviceCodes = Schemas['DeviceAuthorization']
export type DeviceLogIn = Schemas['DeviceLogIn']

const CLIENT_ID = 'normflix-web'

export async function requestCodes (): Promise<DeviceCodes> {
  return await unwrap(publicClient.POST('/v1/auth/device', { body: { client_id: CLIENT_ID, device: deviceName() } }))
}

export type PollResult =
  | { readonly status: 'approved' | 'expired' | 'denied' }
  | { readonly status: 'pending', readonly waitMs: number }

/** Sends one token request. The refresh token of the new session is in the cookie. */
export async function poll ({ device_code: deviceCode, interval }: DeviceCodes): Promise<PollResult> {
  try {
    await unwrap(publicClient.POST('/v1/auth/token', {
      params: { header: { 'x-normflix-session': 'cookie' } },
      body: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: CLIENT_ID,
        device_code: deviceCode,
      },
    }))
    return { status: 'approved' }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    const { code, interval: newInterval = interval } = error.problem
    if (code === 'authorization-pending') return { status: 'pending', waitMs: interval * 1_000 }
    if (code === 'slow-down') return { status: 'pending', waitMs: Number(newInterval) * 1_000 }
    if (code === 'access-denied') return { status: 'denied' }
    if (code === 'expired-token' || code === 'invalid-grant') return { status: 'expired' }
    throw error
  }
}

/** @throws ApiProblem `unknown-user-code`, `too-many-attempts` */
export async function findDevice (userCode: string): Promise<DeviceLogIn> {
  return await unwrap(accountClient.POST('/v1/auth/device/find', { body: { userCode } }))
}

/** @throws ApiProblem `unknown-user-code`, `too-many-attempts` */
export async function decide (userCode: string, decision: 'approve' | 'reject'): Promise<void> {
  await unwrap(accountClient.POST(`/v1/auth/device/${decision}`, { body: { userCode } }))
}
