// The preview of an item: what viewers get, drafts included, without a stream of an account.
import { accountClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'

export type Preview = Schemas['Preview']

/**
 * Signs the URLs of an item for the session of the editor.
 * @param mediaFileId the media file to play; null: the best one
 */
export async function startPreview (itemId: string, mediaFileId: string | null): Promise<Preview> {
  const body = { itemId, ...mediaFileId === null ? {} : { mediaFileId } }
  return await unwrap(accountClient.POST('/v1/admin/previews', { body }))
}

/** Plays the package with hls.js, or the file itself without a package. @returns a function that detaches it */
export async function attachPlayback (video: HTMLVideoElement, { hlsUrl, url }: Preview): Promise<() => void> {
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
