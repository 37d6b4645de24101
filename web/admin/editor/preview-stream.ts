// A private stream of the operator's own account, so that the preview plays what viewers get.
import { profileClient, type Playback } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { currentProfileId, readSession, selectProfile } from '@shared/api/session.js'

export interface PreviewStream {
  readonly playback: Playback
  /** Ends the stream. */
  readonly stop: () => void
}

/** No profile of the account can be used without its PIN. */
export class NoProfileError extends Error {
  override readonly name = 'NoProfileError'
}

async function ensureProfile (): Promise<void> {
  const { account, profileId } = readSession()
  if (profileId !== null) return
  const profile = account?.profiles.find(({ hasPin, locked, kids }) => !hasPin && !locked && !kids)
  if (profile === undefined) throw new NoProfileError()
  await selectProfile(profile.id, null)
}

/**
 * Starts a stream that the history does not record, and keeps it alive.
 * @throws ApiProblem if the profile cannot play the item, such as that of a draft
 */
export async function startPreview (itemId: string, readPositionMs: () => number): Promise<PreviewStream> {
  await ensureProfile()
  const profileId = currentProfileId()
  const playback = await unwrap(
    profileClient.POST('/v1/profiles/{profileId}/playback', {
      params: { path: { profileId } },
      body: { itemId, device: 'NormFlix Admin', private: true },
    }),
  )
  const params = { path: { profileId, streamId: playback.streamId } }
  const report = () => ({ positionMs: readPositionMs(), at: new Date().toISOString() })
  const timer = setInterval(() => {
    void profileClient.PUT('/v1/profiles/{profileId}/playback/{streamId}', { params, body: report() })
  }, playback.heartbeatMs)
  return {
    playback,
    stop: () => {
      clearInterval(timer)
      void profileClient.POST('/v1/profiles/{profileId}/playback/{streamId}/stop', { params, body: report() })
    },
  }
}

/** Plays the package with hls.js, or the file itself without a package. @returns a function that detaches it */
export async function attachPlayback (video: HTMLVideoElement, { hlsUrl, url }: Playback): Promise<() => void> {
  const { default: Hls } = await import('hls.js')
  if (hlsUrl === null || !Hls.isSupported()) {
    video.src = url
    return () => {
      video.removeAttribute('src')
    }
  }
  // The policy of the page allows no workers from blobs.
  const hls = new Hls({ enableWorker: false })
  hls.loadSource(hlsUrl)
  hls.attachMedia(video)
  return () => {
    hls.destroy()
  }
}

/** Plays a file of this computer. @returns a function that detaches it */
export function attachFile (video: HTMLVideoElement, file: File): () => void {
  const url = URL.createObjectURL(file)
  video.src = url
  return () => {
    URL.revokeObjectURL(url)
  }
}
