// Log-in of devices by RFC 8628. The names of its two endpoints for devices are those of OAuth 2.0, in snake case.
import { Type, type Static } from 'typebox'
import { Device } from './account.js'
import { describe, nullable, strict, Timestamp } from './common.js'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
export const REFRESH_TOKEN_GRANT = 'refresh_token'

const ClientId = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Name of the app, chosen by its developer; the same for both requests',
  examples: ['example-tv'],
})

export const DeviceAuthorizationBody = strict({
  client_id: ClientId,
  device: Type.Optional(Device),
})

export const DeviceAuthorization = Type.Object({
  device_code: Type.String({ description: 'Code of the device, for the token request; secret' }),
  user_code: Type.String({ description: 'Code for the user, 8 letters and a hyphen', examples: ['WDJB-MJHT'] }),
  verification_uri: Type.String({ description: 'URL of the page on which the user enters the code' }),
  verification_uri_complete: Type.String({ description: 'The same URL with the code, for a QR code' }),
  expires_in: Type.Integer({ description: 'Time until both codes expire, s', examples: [600] }),
  interval: Type.Integer({ description: 'Minimum time between two token requests, s', examples: [5] }),
}, { $id: 'DeviceAuthorization', description: 'Codes of a device that logs in (RFC 8628 §3.2)' })
export type DeviceAuthorization = Static<typeof DeviceAuthorization>

export const TokenBody = strict({
  grant_type: Type.String({
    minLength: 1,
    maxLength: 100,
    description: `\`${DEVICE_CODE_GRANT}\` or \`${REFRESH_TOKEN_GRANT}\``,
    examples: [DEVICE_CODE_GRANT],
  }),
  device_code: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'device_code of the device, with its grant type' }),
  ),
  client_id: Type.Optional(describe(ClientId, 'Required with a device_code: the name that requested it')),
  refresh_token: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'Refresh token, valid once, with its grant type' }),
  ),
})

export const OAuthTokens = Type.Object({
  access_token: Type.String({ description: 'JWT; send it as `Authorization: Bearer`' }),
  token_type: Type.Enum(['Bearer'], { description: 'Always `Bearer`' }),
  expires_in: Type.Integer({ description: 'Lifetime of the access token, s', examples: [900] }),
  refresh_token: Type.Optional(
    Type.String({ description: 'Single-use token that gets the next access token; omitted: it is in the cookie' }),
  ),
}, { $id: 'OAuthTokens', description: 'Tokens of a session, with the names of OAuth 2.0 (RFC 6749 §5.1)' })
export type OAuthTokens = Static<typeof OAuthTokens>

export const UserCodeBody = strict({
  userCode: Type.String({
    minLength: 1,
    maxLength: 50,
    description: 'Code that the device shows; case, spaces and hyphens are ignored',
    examples: ['WDJB-MJHT'],
  }),
})

export const DeviceLogIn = Type.Object({
  clientId: ClientId,
  device: nullable(Type.String(), 'Name of the device, as it states; null: not stated'),
  ipAddress: Type.String({
    description: 'IPv4 address or IPv6 network (/64) of the device; `unknown` without one',
    examples: ['198.51.100.7'],
  }),
  sameNetwork: Type.Boolean({ description: 'Whether this request has the same address: the device is probably near' }),
  createdAt: Timestamp,
  expiresAt: Timestamp,
}, { $id: 'DeviceLogIn', description: 'A device that waits for the approval of its log-in' })
export type DeviceLogIn = Static<typeof DeviceLogIn>
