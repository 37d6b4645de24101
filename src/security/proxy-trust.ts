// Which proxies may name the client of a request in X-Forwarded-For.
import { compile } from '@fastify/proxy-addr'
import { LRUCache } from 'lru-cache'
import { limitEntries } from '../domain/cache-limits.js'

const CACHE_MAX_ADDRESSES = 10_000

/**
 * Creates the function that Fastify asks for each address of a request, and for each use of the address of its client.
 * @param proxies IP addresses, and blocks in CIDR notation
 */
export function createProxyTrust (proxies: readonly string[]): (address: string | undefined, hop: number) => boolean {
  const isProxy = compile([...proxies])
  const known = new LRUCache<string, boolean>(limitEntries(CACHE_MAX_ADDRESSES))
  return (address, hop) => {
    // A Unix socket, or a connection that has ended.
    if (address === undefined) return false
    let isTrusted = known.get(address)
    if (isTrusted === undefined) {
      isTrusted = isProxy(address, hop)
      known.set(address, isTrusted)
    }
    return isTrusted
  }
}
