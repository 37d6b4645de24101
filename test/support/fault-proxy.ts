// A TCP proxy that simulates network faults: refused connections, stalled connections and lost responses.
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Test } from 'tap'

export type Fault = null | 'refuse' | 'hang' | 'cut-replies'

export interface FaultProxy {
  readonly port: number
  /**
   * The current fault. `refuse` closes all connections and rejects new ones. `hang` leaves them open without forwarding
   * data. `cut-replies` forwards requests and closes the connection instead of forwarding the response.
   */
  fault: Fault
  /** Number of responses that were not forwarded. */
  readonly cuts: number
}

/** Starts a proxy for a server; the teardown stops it. */
export async function startFaultProxy (
  t: Test,
  target: { readonly host: string, readonly port: number },
): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let fault: Fault = null
  let cuts = 0

  const server = createServer((client) => {
    if (fault === 'refuse') {
      client.destroy()
      return
    }
    const upstream = createConnection(target)
    const pair = [client, upstream] as const
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    if (fault === 'hang') { for (const socket of pair) socket.pause() }
    client.on('data', (chunk: Buffer) => {
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      if (fault !== 'cut-replies') {
        client.write(chunk)
        return
      }
      cuts++
      end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  })

  return {
    port: (server.address() as AddressInfo).port,
    get cuts () {
      return cuts
    },
    get fault () {
      return fault
    },
    set fault (next) {
      fault = next
      for (const pair of pairs) {
        if (next === 'refuse') { for (const socket of pair) socket.destroy() }
        else if (next === 'hang') { for (const socket of pair) socket.pause() }
        else for (const socket of pair) socket.resume()
      }
    },
  }
}
