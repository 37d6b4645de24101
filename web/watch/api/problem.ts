// What the API says when it refuses, and what the page says when the API cannot be reached at all.
import type { components } from '../../generated/api.js'

export type Problem = components['schemas']['Problem']

/** A refusal of the API, with its stable code and words for people. */
export class ApiProblem extends Error {
  constructor (readonly problem: Problem) {
    super(problem.detail)
    this.name = 'ApiProblem'
  }
}

/** No answer, or one that is not the API's: the network, a proxy, a service that is starting. */
export class Unreachable extends Error {
  constructor () {
    super('NormFlix cannot be reached right now. Check the connection, then try again.')
    this.name = 'Unreachable'
  }
}

export function isProblem (error: unknown, code: string): error is ApiProblem {
  return error instanceof ApiProblem && error.problem.code === code
}

/** In words, for people. */
export function explain (error: unknown): string {
  if (error instanceof ApiProblem || error instanceof Unreachable) return error.message
  return "Something went wrong on this page. Load it again; if that does not help, the browser's console says more."
}

interface Answer<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** What a call of the typed client answered. @throws ApiProblem, Unreachable */
export async function answerOf<T> (call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw cause instanceof TypeError ? new Unreachable() : cause
  })
  // A 204 has no data; the types of such calls say so.
  if (response.ok) return data as T
  throw isProblemDocument(error) ? new ApiProblem(error) : new Unreachable()
}

function isProblemDocument (value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
}
