// Errors of API calls: problem documents of the API, and failures to reach it.
import type { components } from '../../generated/api.js'

export type Problem = components['schemas']['Problem']

/** A problem document of the API: a stable code, and details for the user. */
export class ApiProblem extends Error {
  constructor (readonly problem: Problem) {
    super(problem.detail)
    this.name = 'ApiProblem'
  }
}

/** No response, or not one of the API: the network failed, or a proxy responded. */
export class UnreachableError extends Error {
  constructor () {
    super('NormFlix is unreachable. Check your connection and try again.')
    this.name = 'Unreachable'
  }
}

export function isProblem (error: unknown, code: string): error is ApiProblem {
  return error instanceof ApiProblem && error.problem.code === code
}

/** Describes an error for the user. */
export function describeError (error: unknown): string {
  if (error instanceof ApiProblem || error instanceof UnreachableError) return error.message
  return 'Something went wrong. Reload the page and try again.'
}

interface ClientResponse<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** Returns the data of a successful API call. @throws ApiProblem, UnreachableError */
export async function unwrap<T> (call: Promise<ClientResponse<T>>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw cause instanceof TypeError ? new UnreachableError() : cause
  })
  // A 204 response has no data, and T is undefined.
  if (response.ok) return data as T
  throw isProblemDocument(error) ? new ApiProblem(error) : new UnreachableError()
}

function isProblemDocument (value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
}
