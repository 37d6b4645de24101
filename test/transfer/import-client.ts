// An app with an administrator who imports and exports over HTTP, and a user who reads the catalogue.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { startApp } from '../support/app.js'
import { call, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

export const NDJSON = { 'content-type': 'application/x-ndjson' }

export interface ImportClient {
  readonly app: FastifyInstance
  readonly admin: TestUser
  readonly kim: TestUser
  importText(text: string | Buffer, query?: string, headers?: Record<string, string>): Promise<TestResponse>
  /** Imports one line per entry; a string is sent unchanged. */
  importLines(lines: readonly unknown[], query?: string): Promise<TestResponse>
  exportLines(): Promise<any[]>
  /** Finds the exported line of the title with an IMDb ID. */
  findExported(imdb: string): Promise<any>
  /** Deletes all titles and collections. */
  clear(): Promise<void>
}

export async function startImportClient (t: Test): Promise<ImportClient> {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)

  async function importText (text: string | Buffer, query = '', headers = NDJSON): Promise<TestResponse> {
    return await call(app, 'POST', `/v1/admin/import${query}`, { token: admin.token, body: text, headers })
  }

  async function importLines (lines: readonly unknown[], query = ''): Promise<TestResponse> {
    const text = lines.map((line) => typeof line === 'string' ? line : JSON.stringify(line)).join('\n')
    return await importText(text, query)
  }

  async function exportLines (): Promise<any[]> {
    const text = (await admin.get('/v1/admin/export')).bytes.toString()
    return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))
  }

  return {
    app,
    admin,
    kim,
    importText,
    importLines,
    exportLines,
    findExported: async (imdb) => (await exportLines()).find((line) => line.externalIds?.imdb === imdb),
    async clear () {
      for (const { id, kind } of await exportLines()) await admin.delete(`/v1/admin/${kind}s/${id}`)
    },
  }
}
