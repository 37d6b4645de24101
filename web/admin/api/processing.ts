// Media files change while the service probes and packages them: queries read them again until then.
import type { MediaFile } from '@shared/api/client.js'

const REFRESH_MS = 2_000

/** Whether the file or its package is still being processed. */
function isProcessing ({ state, hls }: Pick<MediaFile, 'state' | 'hls'>): boolean {
  return state === 'processing' || hls?.state === 'processing'
}

/**
 * The refetch interval of media files.
 * @returns milliseconds; false: none of the files changes
 */
export function refreshWhileProcessing (
  files: ReadonlyArray<Pick<MediaFile, 'state' | 'hls'>> = [],
): number | false {
  return files.some(isProcessing) ? REFRESH_MS : false
}
