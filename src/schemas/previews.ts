// Previews of titles for editors.
import { Type, type Static } from 'typebox'
import { Id, ref, strict, Timestamp } from './common.js'
import { chapters, Markers, MediaFile } from './media-files.js'
import { Playback } from './playback.js'
import { Item } from './titles.js'

export const PreviewBody = strict({
  itemId: Id,
  mediaFileId: Type.Optional(
    Type.String({ ...Id, description: 'Media file to play; by default the one with the highest resolution' }),
  ),
})

const { url, hlsUrl, dashUrl, subtitles, thumbnailsUrl } = Playback.properties

export const Preview = Type.Object({
  item: ref(Item),
  mediaFile: ref(MediaFile),
  markers: ref(Markers),
  chapters,
  url: Type.String({ ...url, description: 'Signed URL of the media file, relative to the service' }),
  hlsUrl,
  dashUrl,
  subtitles,
  thumbnailsUrl,
  expiresAt: Timestamp,
}, { $id: 'Preview', description: 'What an editor plays, and until when its URLs are valid' })
export type Preview = Static<typeof Preview>
