// The look of Swagger UI, and the functions that run in its page: they send the tokens of a log-in with later requests.
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'

const LOGO = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40"><text x="0" y="29" font-family="sans-serif" ',
  'font-size="28" fill="#fff">Norm<tspan font-weight="800" fill="#ff7a59">Flix</tspan></text></svg>',
].join('')
const STYLE = [
  '.swagger-ui .topbar { background: #0b0c11 }',
  '.swagger-ui .topbar .download-url-wrapper { display: none }',
  '.swagger-ui .info { margin: 24px 0 }',
].join('\n')

/** Swagger UI sets inline styles; scripts and requests are limited to this service. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

interface UiRequest {
  readonly url: string
  readonly headers: Record<string, string>
}
interface UiResponse {
  readonly url: string
  readonly ok: boolean
  readonly body?: { readonly accessToken?: unknown }
}
/** The storage of the page, in which the functions below run. */
declare const sessionStorage: { getItem(key: string): string | null, setItem(key: string, value: string): void }

/** Runs in the page, and uses nothing outside its body. */
function sendStoredToken (request: UiRequest): UiRequest {
  if (request.headers['Authorization'] !== undefined) return request
  const needsAccount = /\/v1\/(account|auth|admin|profiles$|profiles\/[^/]+(\/select)?$)/.test(request.url)
  const account = sessionStorage.getItem('normflix.account-token')
  const token = needsAccount ? account : sessionStorage.getItem('normflix.profile-token') ?? account
  if (token !== null) request.headers['Authorization'] = `Bearer ${token}`
  return request
}

/** Runs in the page, and uses nothing outside its body. */
function storeToken (response: UiResponse): UiResponse {
  const [, action] = /\/v1\/(?:auth|profiles\/[^/]+)\/(login|signup|refresh|select)$/.exec(response.url) ?? []
  const token = response.body?.accessToken
  if (action === undefined || !response.ok || typeof token !== 'string') return response
  sessionStorage.setItem(action === 'select' ? 'normflix.profile-token' : 'normflix.account-token', token)
  return response
}

export const SWAGGER_UI_OPTIONS: FastifySwaggerUiOptions = {
  routePrefix: '/docs',
  staticCSP: CONTENT_SECURITY_POLICY,
  logo: { type: 'image/svg+xml', content: LOGO, href: '/' },
  theme: {
    title: 'NormFlix API',
    css: [{ filename: 'normflix.css', content: STYLE }],
    favicon: [{
      filename: 'favicon.svg',
      rel: 'icon',
      sizes: 'any',
      type: 'image/svg+xml',
      content: Buffer.from(LOGO),
    }],
  },
  uiConfig: {
    persistAuthorization: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    docExpansion: 'none',
    deepLinking: true,
    filter: true,
    requestInterceptor: sendStoredToken as never,
    responseInterceptor: storeToken as never,
  },
}
