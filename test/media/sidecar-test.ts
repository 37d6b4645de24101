// Requests and contents for the tests of sidecar files and posters.
import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { containerOf, startApp, type TestApp } from '../support/app.js'
import { addMovie, addShow, type TestShow } from '../support/catalogue.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

export const VTT = 'WEBVTT\n\n00:01.000 --> 00:02.500 line:0\n<v Neo>Whoa.\n'
export const PNG = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(2_000)])
export const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(1_000)])
export const WEBP = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP'), randomBytes(1_000)])

export interface SidecarTest extends TestApp {
  readonly admin: TestUser
  readonly kim: TestUser
  readonly movie: string
  readonly show: TestShow
  /** Sends a file as an administrator. */
  send(url: string, body: string | Buffer, type: string, token?: string): Promise<TestResponse>
  get(url: string): Promise<TestResponse>
  /** Stops a stream of Kim. */
  stop(streamId: string): Promise<void>
}

export async function startSidecarTest (t: Test): Promise<SidecarTest> {
  const test = await startApp(t)
  const { app } = test
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  return {
    ...test,
    admin,
    kim,
    movie: await addMovie(app, admin, { originalLanguage: 'en' }),
    show: await addShow(app, admin),
    send: async (url, body, type, token = admin.token) =>
      await call(app, 'POST', url, { token, body, headers: { 'content-type': type } }),
    get: async (url) => await call(app, 'GET', url),
    async stop (streamId) {
      const event = { positionMs: 1_000, at: '2026-01-01T00:00:00Z' }
      await kim.post(`/v1/profiles/${kim.profileId}/playback/${streamId}/stop`, event)
    },
  }
}

/** A URL without token, or with a changed one, must not give access. */
export async function expectTokenRequired (t: Test, { get }: SidecarTest, url: string): Promise<void> {
  const [path = '', token = ''] = url.split('?token=')
  const changed = `${token.slice(0, 30)}${token[30] === 'A' ? 'B' : 'A'}${token.slice(31)}`
  for (const query of ['', '?token=', `?token=${token}A`, `?token=${changed}`]) {
    expectProblem(t, await get(path + query), 'media-refused', 403)
  }
}

export function sidecarFilesOf ({ app }: SidecarTest, itemId: string) {
  return containerOf(app).catalogue.sidecarFiles(itemId)
}
