// Groups of IP addresses: the block that counts as one caller, and the network that the audit log stores.
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { isIP } from 'node:net'
import { limitEntries } from '../domain/cache-limits.js'

/** An IPv6 subscriber has a whole /64 (RFC 6177), so its addresses count as one. */
const IPV6_SUBSCRIBER_BITS = 64

/**
 * Key of a caller for limits per IP address: the IPv4 address or the IPv6 /64. Anything else, such as a Unix socket,
 * counts as one caller.
 */
export function ipAddressKey (ip: string | undefined): string {
  const known = keys.get(ip ?? '')
  if (known !== undefined) return known
  const key = createKey(parseIpAddress(ip))
  keys.set(ip ?? '', key)
  return key
}

/** Keys by address: clients send many requests. */
const keys = new LRUCache<string, string>(limitEntries(10_000))

function createKey (address: ipaddr.IPv4 | ipaddr.IPv6 | null): string {
  if (address === null) return 'unknown'
  return address instanceof ipaddr.IPv4 ? address.toString() : networkOf(address, IPV6_SUBSCRIBER_BITS)
}

/** The /24 of an IPv4 address or the /48 of an IPv6 address, in CIDR notation; null for any other text. */
export function truncateIpAddress (ip: string | undefined): string | null {
  const address = parseIpAddress(ip)
  if (address === null) return null
  return networkOf(address, address instanceof ipaddr.IPv4 ? 24 : 48)
}

/** Parses an address without its zone, and maps `::ffff:192.0.2.1`, which dual-stack sockets report, to 192.0.2.1. */
function parseIpAddress (ip = ''): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // ipaddr.js alone also accepts octal, hexadecimal and shortened IPv4 addresses.
  if (isIP(ip) === 0) return null
  const [address = ''] = ip.split('%')
  return ipaddr.process(address)
}

function networkOf (address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string {
  const block = `${address.toString()}/${bits}`
  const network = address instanceof ipaddr.IPv4
    ? ipaddr.IPv4.networkAddressFromCIDR(block)
    : ipaddr.IPv6.networkAddressFromCIDR(block)
  return `${network.toString()}/${bits}`
}
