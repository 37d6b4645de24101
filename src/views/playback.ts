// View of a started playback, with the signed URLs of everything that the stream may read.
import type { Localiser } from '../catalogue/queries/localise.js'
import { offeredSubtitles } from '../catalogue/queries/offered-subtitles.js'
import type { Catalogue, CatalogueFile, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { normaliseMarkers } from '../../models/markers.js'
import {
  MEDIA_URL_TTL_MS,
  signHlsGrant,
  signMediaGrant,
  signSidecarGrant,
  type LeaseGrant,
} from '../media/delivery/media-urls.js'
import { currentPackage } from '../media/packaging/packaging-state.js'
import type { Playback } from '../schemas/playback.js'
import type { KeyRing } from '../security/key-ring.js'
import type { ProfileRef } from '../watching/deps.js'
import { HEARTBEAT_INTERVAL_MS } from '../watching/streams/heartbeat.js'
import type { StartedPlayback } from '../watching/streams/start-playback.js'
import { toItem } from './cards.js'
import { toMediaFile } from './media-files.js'

export interface PlaybackViewDeps {
  readonly catalogue: Catalogue
  readonly keys: KeyRing
  now(): Date
}

export interface PlayedItem {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
  readonly localiser: Localiser
}

export function toPlayback (
  deps: PlaybackViewDeps,
  owner: ProfileRef,
  { title, item, localiser }: PlayedItem,
  started: StartedPlayback,
): Playback {
  const { lease, choice, languages } = started
  return {
    streamId: lease._id.toString(),
    positionMs: lease.startPositionMs,
    item: toItem(title, item, localiser),
    mediaFile: toMediaFile(choice.file),
    reason: choice.reason,
    alternatives: choice.alternatives.map(({ file, reason }) => ({ mediaFile: toMediaFile(file), reason })),
    markers: normaliseMarkers(item.markers),
    chapters: item.chapters.map((chapter) => ({ ...chapter })),
    ...signUrls(deps, owner, started),
    audio: languages.audio,
    subtitle: languages.subtitles,
    heartbeatMs: HEARTBEAT_INTERVAL_MS,
    expiresAt: lease.expiresAt.toISOString(),
  }
}

function signUrls (
  deps: PlaybackViewDeps,
  owner: ProfileRef,
  { lease, choice, languages, maxHeight }: StartedPlayback,
): SignedUrls {
  const grant = {
    account: owner.account,
    profile: owner.profile,
    lease: lease._id.toString(),
    expiresAt: deps.now().getTime() + MEDIA_URL_TTL_MS,
  }
  return signPlaybackUrls(deps, grant, {
    file: choice.file,
    fileMaxHeight: lease.maxHeight,
    hlsMaxHeight: maxHeight,
    audio: languages.audio?.language ?? null,
    subtitle: languages.subtitles?.id ?? null,
  })
}

type SignedUrls = Pick<Playback, 'url' | 'hlsUrl' | 'dashUrl' | 'subtitles' | 'thumbnailsUrl'>

export interface SignedFile {
  readonly file: CatalogueFile
  /** Pixels. */
  readonly fileMaxHeight: number
  /** Pixels. */
  readonly hlsMaxHeight: number
  /** Language of the default audio, BCP 47; null: the first rendition. */
  readonly audio: string | null
  /** ID of the default subtitle; null: none. */
  readonly subtitle: string | null
}

/** Signs the URLs of a media file, and of the HLS, DASH, subtitles and thumbnails of its item. */
export function signPlaybackUrls (
  { catalogue, keys }: Pick<PlaybackViewDeps, 'catalogue' | 'keys'>,
  grant: LeaseGrant,
  { file, fileMaxHeight, hlsMaxHeight, audio, subtitle }: SignedFile,
): SignedUrls {
  const { thumbnails } = catalogue.sidecarFiles(file.itemId)
  const mediaToken = signMediaGrant(keys, { ...grant, file: file.id, item: file.itemId, maxHeight: fileMaxHeight })
  const hlsToken = currentPackage(file) === null ? null : signHlsGrant(keys, {
    ...grant,
    item: file.itemId,
    file: file.id,
    maxHeight: hlsMaxHeight,
    audio,
    subtitle,
  })
  const packageUrl = (name: string): string | null =>
    hlsToken === null ? null : `/v1/hls/${file.itemId}/${name}?token=${hlsToken}`
  const signSidecar = (object: string): string => signSidecarGrant(keys, { ...grant, object })
  return {
    url: `/v1/media/${file.id}?token=${mediaToken}`,
    hlsUrl: packageUrl('master.m3u8'),
    dashUrl: packageUrl('manifest.mpd'),
    subtitles: offeredSubtitles(catalogue, file).map(({ _id, language, kind, name }) => {
      const id = _id.toString()
      return { id, language, kind, name, url: `/v1/subtitles/${id}?token=${signSidecar(id)}` }
    }),
    thumbnailsUrl: thumbnails === null
      ? null
      : `/v1/thumbnails/${file.itemId}/index.vtt?token=${signSidecar(file.itemId)}`,
  }
}
