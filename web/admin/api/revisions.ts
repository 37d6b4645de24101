// Conditional edits: the ETag of a response becomes the If-Match of the next change.
import { unwrap } from '@shared/api/problem.js'

/** A resource with the tag of its revision; null: none. */
export interface Tagged<T> {
  readonly value: T
  readonly etag: string | null
}

interface ClientResponse<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** Returns the data of a successful API call with its tag. @throws ApiProblem, UnreachableError, ServerError */
export async function unwrapTagged<T> (call: Promise<ClientResponse<T>>): Promise<Tagged<T>> {
  const value = await unwrap(call)
  const { response } = await call
  return { value, etag: response.headers.get('etag') }
}

/** The header of a change that fails if the resource has changed since it was read. */
export function ifMatch (etag: string | null): { readonly headers?: { readonly 'if-match': string } } {
  return etag === null ? {} : { headers: { 'if-match': etag } }
}
