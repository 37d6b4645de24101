// API clients typed by the OpenAPI document: without a token, with that of the account, and with that of the profile.
import createApiClient from 'openapi-fetch'
import type { paths } from './generated/api.js'
import { addIdempotencyKey } from './retry.js'
import type { ApiClient, SendRequest } from './types.js'

/** An account token opens the account routes, a profile token the routes of the selected profile and the catalogue. */
export type TokenScope = 'account' | 'profile'

export interface ApiClientOptions {
  /** Origin of the service. */
  readonly baseUrl: string
  /** Sends a request, several times if it fails for a moment. */
  readonly send: SendRequest
  readonly sendOnce: SendRequest
  /** Language tags for `Accept-Language`; none by default. */
  readonly readLanguage?: () => string
  validToken(scope: TokenScope): Promise<string>
  /** Returns another token than the rejected one. */
  renewToken(scope: TokenScope, rejected: string): Promise<string>
}

export interface ApiClients {
  /** Client without a token. */
  readonly publicClient: ApiClient
  /** Client for the account, and for the routes of staff. */
  readonly accountClient: ApiClient
  /** Client for the selected profile: its routes, and the catalogue within its maturity limits. */
  readonly profileClient: ApiClient
  /** The same client, which sends each request once. */
  readonly promptClient: ApiClient
}

export function createApiClients (
  { baseUrl, send, sendOnce, readLanguage, validToken, renewToken }: ApiClientOptions,
): ApiClients {
  /** Adds an access token to requests. Renews a rejected token and repeats the request once. */
  function authorise (scope: TokenScope, sendRequest = send): SendRequest {
    return async (request) => {
      const copy = request.clone()
      const token = await validToken(scope)
      const response = await sendRequest(addToken(request, token))
      return response.status === 401 ? await sendRequest(addToken(copy, await renewToken(scope, token))) : response
    }
  }

  function addToken (request: Request, token: string): Request {
    request.headers.set('authorization', `Bearer ${token}`)
    return request
  }

  function openClient (sendRequest: SendRequest): ApiClient {
    const client = createApiClient<paths>({
      baseUrl,
      async fetch (request) {
        if (readLanguage !== undefined) request.headers.set('accept-language', readLanguage())
        return await sendRequest(request)
      },
    })
    client.use(addIdempotencyKey)
    return client
  }

  return {
    publicClient: openClient(send),
    accountClient: openClient(authorise('account')),
    profileClient: openClient(authorise('profile')),
    promptClient: openClient(authorise('profile', sendOnce)),
  }
}
