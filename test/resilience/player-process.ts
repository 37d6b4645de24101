// A player that watches a movie of a service process without a pause, as a device does.
import { setTimeout as sleep } from 'node:timers/promises'
import { parse, rangeHeaders, resolve } from '../support/hls.js'
import { send, type ServerProcess } from '../support/server-process.js'
import { PASSWORD } from '../support/users.js'

const PAUSE_MS = 50

export interface PlayedRequests {
  /** Playlists, segments and heartbeats. */
  readonly requests: number
  /** Requests that the player cannot continue after. */
  readonly failures: string[]
}

/** Signs up a viewer and plays a movie again and again: its playlists, each segment, and a heartbeat at its end. */
export async function startPlayer (
  t: { teardown: (end: () => unknown) => unknown },
  server: ServerProcess,
  movie: string,
): Promise<{ stop(): Promise<PlayedRequests> }> {
  const credentials = { email: `viewer-${movie}@example.com`, password: PASSWORD }
  const { body: account } = await send(server, 'POST', '/v1/auth/signup', undefined, credentials)
  const token: string = account.accessToken
  const { body: { items: [profile] } } = await send(server, 'GET', '/v1/profiles', token)
  const url = `/v1/profiles/${profile.id}/playback`
  const { body: playback } = await send(server, 'POST', url, token, { itemId: movie })
  const failures: string[] = []
  let requests = 0
  const stopping = new AbortController()

  async function read (path: string, headers: Record<string, string> = {}): Promise<string> {
    requests++
    const response = await fetch(new URL(path, server.origin), { headers })
    const text = await response.text()
    if (!response.ok) failures.push(`${response.status} for ${path}: ${text.slice(0, 200)}`)
    return text
  }

  async function playOnce (positionMs: number): Promise<void> {
    const master = parse(await read(playback.hlsUrl))
    for (const { uri } of master.playlists ?? []) {
      const playlist = resolve(uri, playback.hlsUrl)
      for (const segment of parse(await read(playlist)).segments ?? []) {
        if (stopping.signal.aborted) return
        await read(resolve(segment.uri, playlist), rangeHeaders(segment.byterange))
        await sleep(PAUSE_MS)
      }
    }
    requests++
    const report = { positionMs, at: new Date().toISOString() }
    const { status } = await send(server, 'PUT', `${url}/${playback.streamId}`, token, report)
    if (status >= 300) failures.push(`${status} for a heartbeat`)
  }

  const playing = (async () => {
    for (let pass = 1; !stopping.signal.aborted; pass++) await playOnce(pass * 1_000)
  })()
  const stop = async (): Promise<PlayedRequests> => {
    stopping.abort()
    await playing
    return { requests, failures }
  }
  t.teardown(stop)
  return { stop }
}
