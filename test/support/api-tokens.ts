// API tokens for tests.
import type { FastifyInstance } from 'fastify'
import { Account } from '../../models/account.js'
import type { Role } from '../../src/domain/vocabulary.js'
import { logInAgain, signUp, type TestUser } from './users.js'

export const SCOPES = ['catalogue:read', 'catalogue:write', 'ingest', 'statistics:read'] as const

/** Signs up an account, and gives it a role of the staff. */
export async function signUpStaff (app: FastifyInstance, role: Role): Promise<TestUser> {
  const user = await signUp(app)
  await Account.updateOne({ _id: user.accountId }, { $set: { role } })
  return await logInAgain(app, user)
}

/** Creates a token. @returns the user with it @throws Error when the service rejects the request */
export async function createToken (
  user: TestUser,
  scopes: readonly string[],
  fields: object = {},
): Promise<{ readonly id: string, readonly text: string, readonly as: TestUser }> {
  const { status, body } = await user.post('/v1/admin/tokens', { name: 'Test', scopes, ...fields })
  if (status !== 201) throw new Error(`The creation of a token returned ${status}: ${JSON.stringify(body)}`)
  return { id: body.id, text: body.token, as: user.with(body.token) }
}
