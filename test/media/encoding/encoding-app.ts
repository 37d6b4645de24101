// An app that encodes masters, for tests.
import type { Test } from 'tap'
import { Media, type StoredMedia, type StoredMediaFile } from '../../../models/media.js'
import { runChecks } from '../../../src/doctor/doctor.js'
import { containerOf, startApp, type TestApp } from '../../support/app.js'
import { call, type TestResponse } from '../../support/requests.js'
import { signUpAdmin, type TestUser } from '../../support/users.js'

export interface EncodingApp extends TestApp {
  readonly admin: TestUser
}

const DAY_MS = 24 * 3_600_000

/** Starts an app with two low rungs. */
export async function startEncodingApp (t: Test, variables: Record<string, string> = {}): Promise<EncodingApp> {
  const test = await startApp(t, { ENCODING_LADDER: '180:28:300,90:30:100', ...variables })
  return { ...test, admin: await signUpAdmin(test.app) }
}

export async function uploadMaster (
  { app, admin }: EncodingApp,
  movie: string,
  body: Buffer,
  query = '',
): Promise<TestResponse> {
  const url = `/v1/admin/movies/${movie}/media?role=master${query}`
  const headers = { 'content-type': 'application/octet-stream' }
  return await call(app, 'POST', url, { token: admin.token, body, headers })
}

/** Runs the jobs that are due, and packages their renditions. */
export async function encodeMasters ({ app }: Pick<EncodingApp, 'app'>): Promise<void> {
  const { encoding, packaging } = containerOf(app)
  await encoding.processPending()
  await encoding.onIdle()
  await packaging.processPending()
  await packaging.onIdle()
}

export async function findFiles (movie: string): Promise<StoredMediaFile[]> {
  return (await Media.findById(movie).lean<StoredMedia>())?.files ?? []
}

/** Findings of the doctor two days later: younger objects may belong to an upload in progress. */
export async function runDoctor ({ app, clock }: EncodingApp) {
  const now = (): Date => new Date(clock.now().getTime() + 2 * DAY_MS)
  return (await runChecks({ ...containerOf(app), now }, false, () => {})).findings
}
