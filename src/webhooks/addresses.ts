// Which addresses webhooks may connect to. Without this check, a URL or a changed DNS record could reach services
// inside the network (server-side request forgery).
import ipaddr from 'ipaddr.js'
import { isIP } from 'node:net'

export interface AddressRules {
  /** Allows http beside https. */
  readonly isHttpAllowed: boolean
  /** Allows private and loopback addresses. */
  readonly arePrivateAddressesAllowed: boolean
}

const MAX_URL_LENGTH = 2_048

/** Private ranges that `arePrivateAddressesAllowed` opens. Link-local ones, with metadata services, stay closed. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal'])
/** The only allocated range of global unicast (RFC 4291): it excludes deprecated forms that embed IPv4 addresses. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')
/** Deprecated addresses such as ::127.0.0.1; the loopback address is among them. */
const IPV4_COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96')
const LOOPBACK = ipaddr.IPv6.parseCIDR('::1/128')

/** Whether a connection to the address is allowed. IPv4 addresses inside IPv6 ones are checked as such. */
export function isAllowedAddress (address: string, { arePrivateAddressesAllowed }: AddressRules): boolean {
  if (isIP(address) === 0) return false
  const parsed = unwrap(ipaddr.parse(toCanonical(address.replace(/%.*$/, ''))))
  const range = parsed.range()
  const isEmbedding = parsed instanceof ipaddr.IPv6 && parsed.match(IPV4_COMPATIBLE) && !parsed.match(LOOPBACK)
  if (isEmbedding) return false
  if (arePrivateAddressesAllowed && PRIVATE_RANGES.has(range)) return true
  if (range !== 'unicast') return false
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST)
}

/** The parser takes ::127.0.0.1 for an IPv4-mapped address; the canonical form has no dots. */
function toCanonical (address: string): string {
  return isIP(address) === 6 ? unbracketed(new URL(`http://[${address}]`).hostname) : address
}

/** The IPv4 address in an IPv4-mapped address (`::ffff:0:0/96`) or one of NAT64 (`64:ff9b::/96`, RFC 6052). */
function unwrap (address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address
  const range = address.range()
  if (range !== 'ipv4Mapped' && range !== 'rfc6052') return address
  return ipaddr.fromByteArray(address.toByteArray().slice(12)) as ipaddr.IPv4
}

/** Host of a URL as sockets need it: IPv6 addresses without brackets. */
export const unbracketed = (host: string): string => host.replace(/^\[(.*)\]$/, '$1')

/**
 * The rule that the URL of an endpoint breaks, as the end of a sentence; null for a valid one. Names are checked when
 * they are resolved, at each connection.
 */
export function findUrlProblem (text: string, rules: AddressRules): string | null {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) {
    return `must be a URL of at most ${MAX_URL_LENGTH} characters`
  }
  const { protocol, username, password, hash, hostname } = new URL(text)
  if (protocol !== 'https:' && !(rules.isHttpAllowed && protocol === 'http:')) return 'must start with https://'
  if (`${username}${password}` !== '') return 'must not contain a user or a password'
  if (hash !== '') return 'must not contain a fragment'
  const host = unbracketed(hostname)
  if (isIP(host) !== 0 && !isAllowedAddress(host, rules)) return 'must not lead to a private or reserved address'
  return null
}
