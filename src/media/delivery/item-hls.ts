// The HLS of one movie or episode: which packages its playlists offer to whoever holds a grant, and where their bytes lie.
import type { StoredPackage } from '../../../models/media.js'
import { readyFilesOf, type Catalogue, type CatalogueFile } from '../../catalogue/store/catalogue.js'
import { videoHeight } from '../../domain/file-choice.js'
import { buildRenditionSet, type PackagedFile } from '../../domain/hls-rendition-set.js'
import { fail, notFound } from '../../errors.js'
import type { KeyRing } from '../../security/key-ring.js'
import { ObjectNotFoundError } from '../../storage/storage.js'
import { renderMaster, renderMedia, renderSubtitles, type SoundLine } from './hls-playlists.js'
import { mediaRefused } from './lease-check.js'
import { signSidecarGrant, type HlsGrant } from './media-urls.js'
import {
  objectKey,
  renditionOf,
  type PackageIndex,
  type PackageIndexes,
  type RenditionIndex,
} from '../packaging/package-index.js'
import { currentPackage } from '../packaging/packaging.js'

export interface HlsDeps {
  readonly catalogue: Catalogue
  readonly packages: PackageIndexes
  readonly keys: KeyRing
}

/** A file with its current package. */
interface Packaged extends PackagedFile<SoundLine> {
  readonly uri: string
  readonly index: PackageIndex
}

/** @throws DomainError 404 when the chosen file is not packaged, or gone; ObjectMissingError */
export async function renderItemMaster (services: HlsDeps, grant: HlsGrant, token: string): Promise<string> {
  const { catalogue } = services
  const allowed = readyFilesOf(catalogue, grant.item).filter((file) => videoHeight(file) <= grant.maxHeight)
  const files = (await Promise.all(allowed.map(async (file) => await openPackage(services, file, token)))).filter((
    file,
  ) => file !== null)
  const chosen = files.find(({ id }) => id === grant.file) ?? fail(notFound('playlist'))
  const { variants, groups } = buildRenditionSet<SoundLine, Packaged>(chosen, files, grant.maxHeight)
  return renderMaster({
    pictures: variants.map(({ uri, index }) => ({ uri, picture: index.video })),
    groups,
    subtitles: catalogue.sideFilesOf(grant.item).subtitles.map(({ _id, language, kind }) => ({
      id: _id.toString(),
      language,
      kind,
      uri: `sub-${_id.toString()}.m3u8?token=${token}`,
    })),
    audio: grant.audio,
    subtitle: grant.subtitle,
  })
}

async function openPackage ({ packages }: HlsDeps, file: CatalogueFile, token: string): Promise<Packaged | null> {
  const current = currentPackage(file)
  if (current === null) return null
  const index = await packages.read(current.prefix).catch(nullWhenMissing)
  if (index === null) return null
  const uriOf = (name: string): string => `${current._id.toString()}-${name}.m3u8?token=${token}`
  const sounds = index.audio.map((sound, i) => ({
    ...sound,
    language: languageOf(file, index, i),
    uri: uriOf(`a${i}`),
  }))
  const { id, width, height, bitrate, edition } = file
  return { id, width, height, bitrate, edition, durationMs: index.durationMs, uri: uriOf('v'), index, sounds }
}

/** What is said of the file now counts more than what it said of itself when it was packaged. */
function languageOf (file: CatalogueFile, { audio }: PackageIndex, i: number): string | null {
  const [only] = file.audioLanguages
  if (audio.length === 1 && file.audioLanguages.length === 1 && only !== undefined) return only
  return file.audioTracks?.[i]?.language ?? audio[i]?.language ?? null
}

function nullWhenMissing (error: unknown): null {
  if (error instanceof ObjectNotFoundError) return null
  throw error
}

/** @throws DomainError 403 above the grant's height, 404; ObjectMissingError */
export async function renderRendition (
  services: HlsDeps,
  grant: HlsGrant,
  renditionId: string,
  token: string,
): Promise<string> {
  if (renditionId.startsWith('sub-')) return renderSubtitlePlaylist(services, grant, renditionId.slice('sub-'.length))
  const { rendition } = await findRendition(services, grant, renditionId)
  return renderMedia(rendition, `${renditionId}.mp4?token=${token}`)
}

function renderSubtitlePlaylist (
  { catalogue, keys }: HlsDeps,
  { item, account, profile, lease, expiresAt, file }: HlsGrant,
  subtitleId: string,
): string {
  if (!catalogue.sideFilesOf(item).subtitles.some(({ _id }) => _id.toString() === subtitleId)) {
    throw notFound('subtitle')
  }
  const token = signSidecarGrant(keys, { object: subtitleId, account, profile, lease, expiresAt })
  return renderSubtitles(catalogue.findFile(file)?.durationMs ?? 0, `../../subtitles/${subtitleId}?token=${token}`)
}

export interface FoundRendition {
  readonly rendition: RenditionIndex
  readonly key: string
  readonly contentType: string
  readonly etag: string
  readonly modifiedAt: Date
}

/**
 * A rendition by its id, which is that of its package and its name in it: playlists of a package that was replaced go on
 * naming bytes that fit together.
 * @throws DomainError 403 above the grant's height, 404; ObjectMissingError
 */
export async function findRendition (
  { catalogue, packages }: HlsDeps,
  grant: HlsGrant,
  renditionId: string,
): Promise<FoundRendition> {
  const [, packageId, name] = /^([0-9a-f]{24})-(v|a\d{1,2})$/.exec(renditionId) ?? fail(notFound('rendition'))
  const found = findPackage(readyFilesOf(catalogue, grant.item), packageId ?? '')
  if (found === null) throw notFound('rendition')
  if (videoHeight(found.file) > grant.maxHeight) throw mediaRefused()
  const { prefix, createdAt } = found.package
  const rendition = renditionOf(await packages.read(prefix), name ?? '') ?? fail(notFound('rendition'))
  const key = objectKey(prefix, name === 'v' ? 'v' : `a${Number(name?.slice(1))}`)
  return {
    rendition,
    key,
    contentType: name === 'v' ? 'video/mp4' : 'audio/mp4',
    etag: `"${renditionId}"`,
    modifiedAt: createdAt,
  }
}

function findPackage (
  files: readonly CatalogueFile[],
  packageId: string,
): { file: CatalogueFile, package: StoredPackage } | null {
  for (const file of files) {
    const found = file.hls?.packages?.find(({ _id }) => _id.toString() === packageId)
    if (found !== undefined) return { file, package: found }
  }
  return null
}
