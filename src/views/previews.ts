// View of a preview: what an editor plays, with signed URLs that need no stream.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueFile, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { normaliseMarkers } from '../../models/markers.js'
import { PREVIEW_PROFILE, PREVIEW_TTL_MS } from '../media/delivery/media-urls.js'
import type { Preview } from '../schemas/previews.js'
import { toItem } from './cards.js'
import { toMediaFile } from './media-files.js'
import { signPlaybackUrls, type PlaybackViewDeps } from './playback.js'

/** Every resolution: a preview has no plan. */
const MAX_HEIGHT = 100_000

export interface PreviewedFile {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
  readonly file: CatalogueFile
  readonly localiser: Localiser
}

/** @param editor account and session whose end invalidates the URLs */
export function toPreview (
  deps: PlaybackViewDeps,
  editor: { readonly accountId: string, readonly sessionId: string },
  { title, item, file, localiser }: PreviewedFile,
): Preview {
  const expiresAt = deps.now().getTime() + PREVIEW_TTL_MS
  const grant = { account: editor.accountId, profile: PREVIEW_PROFILE, lease: editor.sessionId, expiresAt }
  const heights = { fileMaxHeight: MAX_HEIGHT, hlsMaxHeight: MAX_HEIGHT }
  return {
    item: toItem(title, item, localiser),
    mediaFile: toMediaFile(file),
    markers: normaliseMarkers(item.markers),
    chapters: item.chapters.map((chapter) => ({ ...chapter })),
    ...signPlaybackUrls(deps, grant, { file, ...heights, audio: null, subtitle: null }),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
