// The account: its plan, sessions, streams, email, password and data.
import { queryOptions } from '@tanstack/react-query'
import { accountClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { forgetSession, setAccount } from '@shared/api/session.js'
import { accountKey } from './keys.js'
import type { PlanName } from './plans.js'

export type Session = Schemas['Session']
export type Stream = Schemas['Stream']

/** Streams and sessions of other devices change without an event. */
const REFRESH_MS = 15_000

export const sessionsQuery = () =>
  queryOptions({
    queryKey: accountKey('sessions'),
    queryFn: async ({ signal }) => (await unwrap(accountClient.GET('/v1/auth/sessions', { signal }))).items,
    staleTime: 0,
  })

export const streamsQuery = () =>
  queryOptions({
    queryKey: accountKey('streams'),
    queryFn: async ({ signal }) => (await unwrap(accountClient.GET('/v1/account/streams', { signal }))).items,
    staleTime: 0,
    refetchInterval: REFRESH_MS,
  })

export const planPreviewQuery = (plan: PlanName) =>
  queryOptions({
    queryKey: accountKey('plan-preview', plan),
    queryFn: async ({ signal }) =>
      await unwrap(accountClient.GET('/v1/account/plan/preview', { params: { query: { to: plan } }, signal })),
    staleTime: 0,
  })

/** @param keepProfileIds profiles that stay usable; null when the plan has room for all */
export async function changePlan (plan: PlanName, keepProfileIds: readonly string[] | null): Promise<void> {
  const body = keepProfileIds === null ? { plan } : { plan, keepProfileIds: [...keepProfileIds] }
  setAccount(await unwrap(accountClient.PUT('/v1/account/plan', { body })))
}

export async function endSession (sessionId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/auth/sessions/{sessionId}', { params: { path: { sessionId } } }))
}

export async function endStream (streamId: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/account/streams/{streamId}', { params: { path: { streamId } } }))
}

/** Ends all sessions, this one included. */
export async function logOutEverywhere (): Promise<void> {
  await unwrap(accountClient.POST('/v1/auth/logout-everywhere'))
  await forgetSession()
}

export async function changePassword (currentPassword: string, newPassword: string): Promise<void> {
  await unwrap(accountClient.PUT('/v1/account/password', { body: { currentPassword, newPassword } }))
}

/** Takes effect when the link in the email to the new address is opened. */
export async function changeEmail (email: string, password: string): Promise<void> {
  await unwrap(accountClient.PUT('/v1/account/email', { body: { email, password } }))
}

export async function sendVerification (): Promise<void> {
  await unwrap(accountClient.POST('/v1/account/email/verification'))
}

export async function exportAccount (): Promise<Blob> {
  return await unwrap(accountClient.GET('/v1/account/export', { parseAs: 'blob' }))
}

export async function closeAccount (password: string): Promise<void> {
  await unwrap(accountClient.DELETE('/v1/account', { body: { password } }))
  await forgetSession()
}
