// Every problem that the API can return: its statuses, its title, and what the client can do about it.
import { CONFLICT_PROBLEMS, type ProblemDescription } from './conflict-problems.js'
import { IMPORT_PROBLEMS } from './import-problems.js'
import { MEDIA_PROBLEMS } from './media-problems.js'

const GENERAL_PROBLEMS = {
  'access-denied': {
    statuses: [400],
    title: 'Not approved',
    advice: 'show that the log-in was rejected, and request new codes when the user asks for it',
  },
  'authorization-pending': {
    statuses: [400],
    title: 'Approval pending',
    advice: 'poll again after the interval',
  },
  'checksum-mismatch': {
    statuses: [400, 422],
    title: 'Checksum mismatch',
    advice: 'send the file again: the received bytes do not have the announced checksum',
  },
  'empty-upload': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'send the file in the body',
  },
  'expired-token': {
    statuses: [400],
    title: 'Code expired',
    advice: 'request new codes',
  },
  'incomplete-form': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'send both files of the form, `index` and `image`',
  },
  'invalid-cursor': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'request the list without a cursor',
  },
  'invalid-grant': {
    statuses: [400],
    title: 'Invalid code or token',
    advice: 'log in again: the device code or refresh token is invalid, expired or already used',
  },
  'invalid-if-match': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'send the `ETag` of a GET of the title',
  },
  'invalid-upload-part': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'list the URLs of complete partial uploads of the same account, each once',
  },
  'mail-link-invalid': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'request another link: this one is invalid, expired or already used',
  },
  'malformed-request': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'send a valid request: JSON, form or upload as described',
  },
  'slow-down': {
    statuses: [400],
    title: 'Polling too fast',
    advice: 'wait for the new `interval` before each poll',
  },
  'unsupported-grant-type': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'use the grant type of the device code or `refresh_token`',
  },
  'upload-interrupted': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'send the file again; nothing was stored',
  },
  'validation-failed': {
    statuses: [400],
    title: 'Invalid request',
    advice: 'correct the fields in `errors`; further errors may appear after these are corrected',
  },
  'unauthorized': {
    statuses: [401],
    title: 'Not logged in',
    advice: 'log in, or refresh the access token',
  },
  'wrong-credentials': {
    statuses: [401],
    title: 'Wrong credentials',
    advice: 'log in with the correct email address and password',
  },
  'account-disabled': {
    statuses: [403],
    title: 'Account disabled',
    advice: 'contact the operator of the service',
  },
  'cross-origin-request': {
    statuses: [403],
    title: 'Cross-origin request',
    advice: 'omit `X-NormFlix-Session` on other origins, and use the `refreshToken` of the body',
  },
  'feed-refused': {
    statuses: [403],
    title: 'Change feed denied',
    advice: 'request another URL of the change feed',
  },
  'insufficient-scope': {
    statuses: [403],
    title: 'Scope missing',
    advice: 'use an API token with the scope in `requiredScope`',
  },
  'token-not-accepted': {
    statuses: [403],
    title: 'API token not accepted',
    advice: 'log in and use the access token of the session',
  },
  'final-upload': {
    statuses: [403],
    title: 'Final upload',
    advice: 'a final upload takes no bytes: they are those of its parts',
  },
  'forbidden': {
    statuses: [403],
    title: 'Not allowed',
    advice: 'use the account token, the token of an administrator, or `select` the profile with its PIN',
  },
  'media-refused': {
    statuses: [403],
    title: 'Media access denied',
    advice: 'start playback again: the URL is not signed for this file, or its stream has ended',
  },
  'wrong-password': {
    statuses: [403],
    title: 'Wrong password',
    advice: 'send the password of the account',
  },
  'wrong-pin': {
    statuses: [403],
    title: 'Wrong PIN',
    advice: 'send the PIN of the profile',
  },
  'not-found': {
    statuses: [404],
    title: 'Not found',
    advice: 'the resource does not exist, belongs to another account, or exceeds the maturity limits of the profile',
  },
  'unknown-user-code': {
    statuses: [404],
    title: 'Unknown code',
    advice: 'enter the code that the device shows now: this one is wrong, expired or already used',
  },
  'method-not-allowed': {
    statuses: [405],
    title: 'Method not allowed',
    advice: 'use a method of `Allow`; `OPTIONS` returns it too',
  },
  'request-timeout': {
    statuses: [408],
    title: 'Request timeout',
    advice: 'send the request faster',
  },
  'body-too-large': {
    statuses: [413],
    title: 'Body too large',
    advice: 'send a smaller body',
  },
  'upload-too-large': {
    statuses: [413],
    title: 'Upload too large',
    advice: 'send a smaller file, and no more bytes than announced',
  },
  'url-too-long': {
    statuses: [414],
    title: 'URL too long',
    advice: 'send a shorter URL',
  },
  'unsupported-media': {
    statuses: [415],
    title: 'Unsupported media format',
    advice: 'upload MP4, MOV, Matroska, WebM or MPEG-TS',
  },
  'unsupported-media-type': {
    statuses: [415],
    title: 'Unsupported media type',
    advice: 'send a body of a type in `Accept`, without `Content-Encoding`',
  },
  'range-not-satisfiable': {
    statuses: [416],
    title: 'Range not satisfiable',
    advice: 'request a range within the size in `Content-Range`',
  },
  'expectation-failed': {
    statuses: [417],
    title: 'Expectation failed',
    advice: 'send `Expect: 100-continue` or no `Expect`',
  },
  'rate-limited': {
    statuses: [429],
    title: 'Too many requests',
    advice: 'wait for the time in `Retry-After`',
  },
  'too-many-attempts': {
    statuses: [429],
    title: 'Too many attempts',
    advice: 'wait for the time in `Retry-After`, or reset the password',
  },
  'too-many-feeds': {
    statuses: [429],
    title: 'Too many feeds',
    advice: 'close another change feed of the account',
  },
  'too-many-pin-guesses': {
    statuses: [429],
    title: 'Too many wrong PINs',
    advice: 'wait for the time in `Retry-After`, or change the PIN with the password of the account',
  },
  'headers-too-large': {
    statuses: [431],
    title: 'Headers too large',
    advice: 'send a shorter URL and smaller headers',
  },
  'internal-error': {
    statuses: [500],
    title: 'Internal error',
    advice: 'report it with the `requestId`',
  },
  'busy': {
    statuses: [503],
    title: 'Service unavailable',
    advice: 'repeat the request after the time in `Retry-After`',
  },
  'database-unavailable': {
    statuses: [503],
    title: 'Service unavailable',
    advice: 'repeat the request after the time in `Retry-After`',
  },
  'search-busy': {
    statuses: [503],
    title: 'Search is busy',
    advice: 'repeat the request after the time in `Retry-After`',
  },
  'stopping': {
    statuses: [503],
    title: 'Server is shutting down',
    advice: 'connect again: the server is shutting down',
  },
  'storage-unavailable': {
    statuses: [503],
    title: 'Service unavailable',
    advice: 'repeat the request after the time in `Retry-After`',
  },
  'storage-full': {
    statuses: [507],
    title: 'Storage full',
    advice: 'an administrator has to make space; then send it again',
  },
} as const satisfies Readonly<Record<string, ProblemDescription>>

export const PROBLEMS = { ...GENERAL_PROBLEMS, ...CONFLICT_PROBLEMS, ...IMPORT_PROBLEMS, ...MEDIA_PROBLEMS }
export type ProblemCode = keyof typeof PROBLEMS
