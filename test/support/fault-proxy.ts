// A TCP proxy that simulates network faults: refused connections, stalled connections and lost responses.
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Test } from 'tap'

export type Fault = null | 'reject' | 'stall' | 'stall-change-streams' | 'lose-responses'

/** Name of the collection in requests of a change stream over a database. */
const CHANGE_STREAM = '$cmd.aggregate'

export interface FaultProxy {
  readonly port: number
  /**
   * `reject` closes all connections and rejects new ones. `stall` leaves them open without forwarding data.
   * `stall-change-streams` holds the requests of change streams back. `lose-responses` forwards requests and closes
   * the connection instead of forwarding the response.
   */
  fault: Fault
  /** Number of responses that were not forwarded. */
  readonly lostResponses: number
}

/** Starts a proxy for a server; the teardown stops it. */
export async function startFaultProxy (
  t: Test,
  target: { readonly host: string, readonly port: number },
): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let fault: Fault = null
  let heldBack: Array<readonly [Socket, Buffer]> = []
  let lostResponses = 0

  const server = createServer((client) => {
    if (fault === 'reject') {
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
    if (fault === 'stall') { for (const socket of pair) socket.pause() }
    client.on('data', (chunk: Buffer) => {
      if (fault === 'stall-change-streams' && chunk.includes(CHANGE_STREAM)) heldBack.push([upstream, chunk])
      else upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      if (fault !== 'lose-responses') {
        client.write(chunk)
        return
      }
      lostResponses++
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
    get lostResponses () {
      return lostResponses
    },
    get fault () {
      return fault
    },
    set fault (next) {
      fault = next
      for (const [upstream, chunk] of heldBack) upstream.write(chunk)
      heldBack = []
      for (const pair of pairs) {
        if (next === 'reject') { for (const socket of pair) socket.destroy() }
        else if (next === 'stall') { for (const socket of pair) socket.pause() }
        else for (const socket of pair) socket.resume()
      }
    },
  }
}
