// Errors of API calls: problem documents of the API, and failures to reach it.
import type { components } from '../../../packages/client/src/generated/api.js'

export type Problem = components['schemas']['Problem']

/** A problem document of the API: a stable code, and details for the user. */
export class ApiProblem extends Error {
  constructor (readonly problem: Problem) {
    super(problem.detail)
    this.name = 'ApiProblem'
  }
}

/** No response: the network failed, or the service is not running. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** A response that is not of the API: the service or a proxy failed. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
}

export function isProblem (error: unknown, ...codes: string[]): error is ApiProblem {
  return error instanceof ApiProblem && (codes.length === 0 || codes.includes(error.problem.code))
}

/** Whether the request can succeed when it is sent again: not for an error of the request itself. */
export function canRetry (error: unknown): boolean {
  return !(error instanceof ApiProblem) || error.problem.status >= 500 || error.problem.status === 429
}

/** Returns what is wrong with a field of the request body; null if nothing. */
export function findFieldError (error: unknown, field: string): string | null {
  if (!(error instanceof ApiProblem)) return null
  return error.problem.errors?.find(({ pointer }) => pointer === `/${field}`)?.message ?? null
}

interface ClientResponse<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** Returns the data of a successful API call. @throws ApiProblem, UnreachableError, ServerError */
export async function unwrap<T> (call: Promise<ClientResponse<T>>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw cause instanceof TypeError ? new UnreachableError() : cause
  })
  // A 204 response has no data, and T is undefined.
  if (response.ok) return data as T
  throw isProblemDocument(error) ? new ApiProblem(error) : new ServerError()
}

function isProblemDocument (value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
}
