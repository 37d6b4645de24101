// HLS of a movie or episode: renders the playlists that a grant allows and finds the stored renditions.
import type { StoredPackage } from '../../../models/media.js'
import { readyFiles, type Catalogue, type CatalogueFile } from '../../catalogue/store/catalogue.js'
import { videoHeight } from '../../domain/file-choice.js'
import { buildRenditionSet, type PackagedFile } from '../../domain/hls-rendition-set.js'
import { fail, notFound } from '../../errors.js'
import type { KeyRing } from '../../security/key-ring.js'
import { ObjectNotFoundError } from '../../storage/storage.js'
import {
  findRenditionIndex,
  renditionKey,
  type PackageIndex,
  type PackageIndexes,
  type RenditionIndex,
} from '../packaging/package-index.js'
import { currentPackage } from '../packaging/packaging-state.js'
import {
  renderMasterPlaylist,
  renderMediaPlaylist,
  renderSubtitlePlaylist,
  type AudioEntry,
} from './hls-playlists.js'
import { mediaAccessDenied } from './lease-check.js'
import { signSidecarGrant, type HlsGrant } from './media-urls.js'

export interface HlsDeps {
  readonly catalogue: Catalogue
  readonly packages: PackageIndexes
  readonly keys: KeyRing
}

/** A media file with its current package. */
interface OpenPackage extends PackagedFile<AudioEntry> {
  readonly uri: string
  readonly index: PackageIndex
}

/**
 * Renders the master playlist of an item.
 * @throws DomainError 404 `not-found` if the chosen file does not exist or is not packaged
 */
export async function renderItemMasterPlaylist (deps: HlsDeps, grant: HlsGrant, token: string): Promise<string> {
  const { catalogue } = deps
  const allowed = readyFiles(catalogue, grant.item).filter((file) => videoHeight(file) <= grant.maxHeight)
  const packages = await Promise.all(allowed.map(async (file) => await openPackage(deps, file, token)))
  const files = packages.filter((file) => file !== null)
  const chosen = files.find(({ id }) => id === grant.file) ?? fail(notFound('playlist'))
  const { variants, groups } = buildRenditionSet<AudioEntry, OpenPackage>(chosen, files, grant.maxHeight)
  return renderMasterPlaylist({
    videos: variants.map(({ uri, index }) => ({ uri, video: index.video })),
    groups,
    subtitles: catalogue.sidecarFiles(grant.item).subtitles.map(({ _id, language, kind }) => ({
      id: _id.toString(),
      language,
      kind,
      uri: `sub-${_id.toString()}.m3u8?token=${token}`,
    })),
    audio: grant.audio,
    subtitle: grant.subtitle,
  })
}

async function openPackage ({ packages }: HlsDeps, file: CatalogueFile, token: string): Promise<OpenPackage | null> {
  const current = currentPackage(file)
  if (current === null) return null
  const index = await packages.read(current.prefix).catch(nullIfNotFound)
  if (index === null) return null
  const playlistUri = (name: string): string => `${current._id.toString()}-${name}.m3u8?token=${token}`
  const audioRenditions = index.audio.map((rendition, i) => ({
    ...rendition,
    language: audioLanguage(file, index, i),
    uri: playlistUri(`a${i}`),
  }))
  const { id, width, height, bitrate, edition } = file
  const { durationMs } = index
  return { id, width, height, bitrate, edition, durationMs, uri: playlistUri('v'), index, audioRenditions }
}

/** The current language of a track takes precedence over the language at the time of packaging. */
function audioLanguage (file: CatalogueFile, { audio }: PackageIndex, i: number): string | null {
  const [only] = file.audioLanguages
  if (audio.length === 1 && file.audioLanguages.length === 1 && only !== undefined) return only
  const rendition = audio[i]
  return file.audioTracks?.[rendition?.track ?? i]?.language ?? rendition?.language ?? null
}

function nullIfNotFound (error: unknown): null {
  if (error instanceof ObjectNotFoundError) return null
  throw error
}

/**
 * Renders the playlist of one rendition or subtitle.
 * @throws DomainError 403 `media-refused` above the height of the grant, 404 `not-found`; ObjectNotFoundError
 */
export async function renderRenditionPlaylist (
  deps: HlsDeps,
  grant: HlsGrant,
  renditionId: string,
  token: string,
): Promise<string> {
  if (renditionId.startsWith('sub-')) return renderItemSubtitle(deps, grant, renditionId.slice('sub-'.length))
  const { rendition } = await findRendition(deps, grant, renditionId)
  return renderMediaPlaylist(rendition, `${renditionId}.mp4?token=${token}`)
}

function renderItemSubtitle (
  { catalogue, keys }: HlsDeps,
  { item, account, profile, lease, expiresAt, file }: HlsGrant,
  subtitleId: string,
): string {
  if (!catalogue.sidecarFiles(item).subtitles.some(({ _id }) => _id.toString() === subtitleId)) {
    throw notFound('subtitle')
  }
  const token = signSidecarGrant(keys, { object: subtitleId, account, profile, lease, expiresAt })
  const durationMs = catalogue.findFile(file)?.durationMs ?? 0
  return renderSubtitlePlaylist(durationMs, `../../subtitles/${subtitleId}?token=${token}`)
}

export interface FoundRendition {
  readonly rendition: RenditionIndex
  /** Storage key. */
  readonly key: string
  readonly contentType: string
  readonly etag: string
  readonly modifiedAt: Date
  /** Playing time of the video in the rendition; 0 for audio. */
  readonly playingMs: number
}

/**
 * Finds a rendition by its ID: package ID and rendition name. Playlists of a retired package therefore keep matching
 * their bytes.
 * @throws DomainError 403 `media-refused` above the height of the grant, 404 `not-found`; ObjectNotFoundError
 */
export async function findRendition (
  { catalogue, packages }: HlsDeps,
  grant: HlsGrant,
  renditionId: string,
): Promise<FoundRendition> {
  const [, packageId, name] = /^([0-9a-f]{24})-(v|a\d{1,2})$/.exec(renditionId) ?? fail(notFound('rendition'))
  const found = findPackage(readyFiles(catalogue, grant.item), packageId ?? '')
  if (found === null) throw notFound('rendition')
  if (videoHeight(found.file) > grant.maxHeight) throw mediaAccessDenied()
  const { prefix, createdAt } = found.package
  const index = await packages.read(prefix)
  const rendition = findRenditionIndex(index, name ?? '') ?? fail(notFound('rendition'))
  return {
    rendition,
    key: renditionKey(prefix, name === 'v' ? 'v' : `a${Number(name?.slice(1))}`),
    contentType: name === 'v' ? 'video/mp4' : 'audio/mp4',
    etag: `"${renditionId}"`,
    modifiedAt: createdAt,
    playingMs: name === 'v' ? index.durationMs : 0,
  }
}

function findPackage (
  files: readonly CatalogueFile[],
  packageId: string,
): { file: CatalogueFile, package: StoredPackage } | null {
  for (const file of files) {
    const found = file.hls.packages.find(({ _id }) => _id.toString() === packageId)
    if (found !== undefined) return { file, package: found }
  }
  return null
}
