// HLS of a movie or episode: renders the playlists that a grant allows.
import { text } from 'node:stream/consumers'
import { offeredSubtitles } from '../../catalogue/queries/offered-subtitles.js'
import { deliverableFiles, type Catalogue, type CatalogueFile } from '../../catalogue/store/catalogue.js'
import { videoHeight } from '../../domain/file-choice.js'
import { buildRenditionSet, type HlsRenditionSet, type PackagedFile } from '../../domain/hls-rendition-set.js'
import { fail, notFound } from '../../errors.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'
import type { AudioRendition, PackageIndex, PackageIndexes } from '../packaging/package-index.js'
import { currentPackage } from '../packaging/packaging-state.js'
import { withTimestampMap } from '../sidecar/timed-text.js'
import { isOffloaded, type DeliveryDeps } from './deliver-object.js'
import { findRendition } from './find-rendition.js'
import { renderMasterPlaylist, type AudioEntry } from './hls-master-playlist.js'
import { renderKeyFramePlaylist, renderMediaPlaylist, renderSubtitlePlaylist } from './hls-media-playlists.js'
import { targetSeconds } from './hls-tags.js'
import type { HlsGrant } from './media-urls.js'

export interface HlsDeps {
  readonly catalogue: Catalogue
  readonly packages: PackageIndexes
  readonly storage: MediaStorage
  readonly config: DeliveryDeps['config']
}

const SUBTITLE_PREFIX = 'sub-'
/** Name of the playlist of key frames, beside the rendition `v`. */
const KEY_FRAMES = 'keyframes'
const KEY_FRAMES_ID = new RegExp(`^([0-9a-f]{24}-)${KEY_FRAMES}$`)

/** A media file with its current package. */
interface OpenPackage extends PackagedFile<AudioEntry> {
  readonly uri: string
  readonly keyFramesUri: string
  readonly index: PackageIndex
}

/**
 * Renders the master playlist of an item.
 * @throws DomainError 404 `not-found` if the chosen file does not exist or is not packaged
 */
export async function renderItemMasterPlaylist (deps: HlsDeps, grant: HlsGrant, token: string): Promise<string> {
  const { variants, groups } = await openRenditionSet(deps, grant, token) ?? fail(notFound('playlist'))
  const file = deps.catalogue.findFile(grant.file) ?? fail(notFound('playlist'))
  return renderMasterPlaylist({
    videos: variants.map(({ uri, keyFramesUri, index }) => ({ uri, keyFramesUri, video: index.video })),
    groups,
    subtitles: offeredSubtitles(deps.catalogue, file).map(({ _id, language, kind, name }) => ({
      id: _id.toString(),
      language,
      kind,
      name,
      uri: `sub-${_id.toString()}.m3u8?token=${token}`,
    })),
    audio: grant.audio,
    subtitle: grant.subtitle,
  })
}

/** @returns null if the chosen file does not exist or is not packaged */
async function openRenditionSet (
  deps: HlsDeps,
  grant: HlsGrant,
  token: string,
): Promise<HlsRenditionSet<OpenPackage, AudioEntry> | null> {
  const deliverable = deliverableFiles(deps.catalogue, grant.item)
  const retiredMaster = deliverable.find(({ id, stage }) => id === grant.file && stage === 'retired')?.master ?? null
  // Renditions of a master that was replaced since are offered with each other only: the new ones may have another cut.
  const allowed = deliverable.filter((file) =>
    videoHeight(file) <= grant.maxHeight &&
    (file.stage === 'active' ? retiredMaster === null : file.master?.toString() === retiredMaster?.toString())
  )
  const packages = await Promise.all(allowed.map(async (file) => await openPackage(deps, file, token)))
  const files = packages.filter((file) => file !== null)
  const chosen = files.find(({ id }) => id === grant.file)
  return chosen === undefined ? null : buildRenditionSet<AudioEntry, OpenPackage>(chosen, files, grant.maxHeight)
}

async function openPackage ({ packages }: HlsDeps, file: CatalogueFile, token: string): Promise<OpenPackage | null> {
  const current = currentPackage(file)
  if (current === null) return null
  const index = await packages.read(current.prefix).catch(nullIfNotFound)
  if (index === null) return null
  const playlistUri = (name: string): string => `${current._id.toString()}-${name}.m3u8?token=${token}`
  const audioRenditions = index.audio.map((rendition, i) => ({
    ...rendition,
    ...audioRole(file, rendition, i),
    language: audioLanguage(file, index, i),
    uri: playlistUri(`a${i}`),
  }))
  const { id, width, height, bitrate, edition } = file
  const { durationMs } = index
  const uris = { uri: playlistUri('v'), keyFramesUri: playlistUri(KEY_FRAMES) }
  return { id, width, height, bitrate, edition, durationMs, ...uris, index, audioRenditions }
}

/** The current language of a track takes precedence over the language at the time of packaging. */
function audioLanguage (file: CatalogueFile, { audio }: PackageIndex, i: number): string | null {
  const [only] = file.audioLanguages
  if (audio.length === 1 && file.audioLanguages.length === 1 && only !== undefined) return only
  const rendition = audio[i]
  return file.audioTracks?.[rendition?.track ?? i]?.language ?? rendition?.language ?? null
}

/** The file of a rendition of a master may not state them, but its document does. */
function audioRole (
  { audioTracks }: CatalogueFile,
  { track, kind, name }: AudioRendition,
  i: number,
): Pick<AudioRendition, 'kind' | 'name'> {
  const stored = audioTracks?.[track ?? i]
  return { kind: stored?.kind ?? kind, name: stored?.name ?? name }
}

function nullIfNotFound (error: unknown): null {
  if (error instanceof ObjectNotFoundError) return null
  throw error
}

/**
 * Renders the playlist of one rendition, of the key frames of a video, or of a subtitle.
 * @throws DomainError 403 `media-refused` above the height of the grant, 404 `not-found`; ObjectNotFoundError
 */
export async function renderRenditionPlaylist (
  deps: HlsDeps,
  grant: HlsGrant,
  playlistId: string,
  token: string,
): Promise<string> {
  if (playlistId.startsWith(SUBTITLE_PREFIX)) return renderItemSubtitle(deps, grant, playlistId, token)
  const keyFramesOf = KEY_FRAMES_ID.exec(playlistId)?.[1]
  const renditionId = keyFramesOf === undefined ? playlistId : `${keyFramesOf}v`
  const { rendition } = await findRendition(deps, grant, renditionId)
  const set = await openRenditionSet(deps, grant, token)
  // All renditions have the same target duration (RFC 8216bis §6.2.4); that of a retired package may be higher.
  const seconds = targetSeconds([
    rendition,
    ...set?.variants.map(({ index }) => index.video) ?? [],
    ...set?.groups.flatMap(({ renditions }) => renditions) ?? [],
  ])
  const file = `${renditionId}.mp4?token=${token}`
  if (keyFramesOf !== undefined) {
    return renderKeyFramePlaylist(rendition, seconds, file) ?? fail(notFound('playlist'))
  }
  const segment = isOffloaded(deps.config)
    ? null
    : (name: number | 'init') => `${renditionId}/${name}.m4s?token=${token}`
  return renderMediaPlaylist(rendition, seconds, { file, segment })
}

function renderItemSubtitle (
  { catalogue }: HlsDeps,
  { item, file }: HlsGrant,
  playlistId: string,
  token: string,
): string {
  findSubtitle(catalogue, item, playlistId)
  return renderSubtitlePlaylist(catalogue.findFile(file)?.durationMs ?? 0, `${playlistId}.vtt?token=${token}`)
}

/**
 * Reads a subtitle as a segment of its playlist.
 * @throws DomainError 404 `not-found`; ObjectNotFoundError
 */
export async function readSubtitleSegment (
  { catalogue, storage }: HlsDeps,
  { item }: HlsGrant,
  subtitleId: string,
): Promise<string> {
  const { storageKey } = findSubtitle(catalogue, item, subtitleId)
  return withTimestampMap(await text(await storage.open(storageKey)))
}

function findSubtitle (catalogue: Catalogue, item: string, subtitleId: string): { readonly storageKey: string } {
  return catalogue.sidecarFiles(item).subtitles
    .find(({ _id }) => `${SUBTITLE_PREFIX}${_id.toString()}` === subtitleId) ?? fail(notFound('subtitle'))
}
