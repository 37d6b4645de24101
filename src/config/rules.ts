// Rules for the values of environment variables. Pure.
import ipaddr from 'ipaddr.js'
import { isIP } from 'node:net'

/** One key that signs tokens; `kid` names it in token headers, so that keys can be rotated. */
export interface SigningKey {
  readonly kid: string
  readonly secret: string
}

const MIN_SECRET_LENGTH = 32
/** A secret with fewer different characters is not random. */
const MIN_SECRET_CHARACTERS = 8

/** @returns the rule that a secret breaks, or null */
export function findSecretProblem (secret: string): string | null {
  if (secret.length < MIN_SECRET_LENGTH || new Set(secret).size < MIN_SECRET_CHARACTERS) {
    return `must contain at least ${MIN_SECRET_LENGTH} random characters per secret`
  }
  return /change[-_ ]?me|example|secret/i.test(secret) ? 'must not be a default or sample value' : null
}

/** Parses `kid:secret,kid:secret`; an entry without a colon has an empty secret. */
export function parseSigningKeys (text: string): SigningKey[] {
  return text.split(',').map((part) => {
    const [kid, secret] = splitOnce(part.trim(), ':')
    return { kid, secret: secret ?? '' }
  })
}

/** @returns the rule that a list of signing keys breaks, or null */
export function findKeysProblem (text: string): string | null {
  const keys = parseSigningKeys(text)
  if (text.split(',').some((part) => !/^[\w-]{1,32}:/.test(part.trim()))) {
    return 'must be kid:secret, separated by commas'
  }
  for (const { secret } of keys) {
    const problem = findSecretProblem(secret)
    if (problem !== null) return problem
  }
  return new Set(keys.map(({ kid }) => kid)).size === keys.length ? null : 'must not repeat a kid'
}

/**
 * Whether a text is an origin as clients send it: of a web page, of an app with its own scheme such as
 * `capacitor://localhost` or `file://`, or `null` of a page without an origin.
 */
export function isOrigin (text: string): boolean {
  if (text === 'null') return true
  if (/^https?:/i.test(text)) return !text.includes('*') && URL.canParse(text) && new URL(text).origin === text
  return /^[a-z][a-z\d+.-]*:\/\/(?:[\w.~-]+(?::\d{1,5})?)?$/.test(text)
}

export function isHttpUrl (text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === ''
}

export function isIpOrCidr (text: string): boolean {
  const [ipAddress, prefixLength] = splitOnce(text, '/')
  // ipaddr.js alone also accepts octal, hexadecimal and shortened IPv4 addresses.
  return isIP(ipAddress) !== 0 && (prefixLength === null || ipaddr.isValidCIDR(text))
}

export function isLanguageTag (text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}

/** Whether a text is a path of up to 8 segments, with or without a slash at its end. */
export function isObjectPrefix (text: string): boolean {
  return /^(?:[\w-]+(?:\.[\w-]+)*(?:\/|$)){0,8}$/.test(text.replace(/\/$/, ''))
}

function splitOnce (text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)]
}
