// What is kept of a network address where it must not point at one person.
import { isIPv4, isIPv6 } from 'node:net'

/** The first 24 bits of an IPv4 address, the first 48 of an IPv6 one; null for what is neither. */
export function truncateIpAddress (ip: string): string | null {
  // A socket that takes both kinds shows the old kind as ::ffff:192.0.2.1.
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(address)) return address.replace(/\d+$/, '0/24')
  const [bare = ''] = address.split('%')
  if (!isIPv6(bare)) return null
  const left = bare.split('::')[0]?.split(':').filter((group) => group !== '') ?? []
  const groups = bare.includes('::') ? [...left, '0', '0', '0'] : left
  return `${groups.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`
}
