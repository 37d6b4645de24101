// Opens the packages of an item that a grant allows, as one set of renditions for HLS and DASH.
import { offeredSubtitles } from '../../catalogue/queries/offered-subtitles.js'
import { deliverableFiles, type Catalogue, type CatalogueFile } from '../../catalogue/store/catalogue.js'
import { videoHeight } from '../../domain/file-choice.js'
import { buildRenditionSet, type HlsRenditionSet, type PackagedFile } from '../../domain/hls-rendition-set.js'
import type { SubtitleKind } from '../../domain/language-choice.js'
import { ObjectNotFoundError, type MediaStorage } from '../../storage/storage.js'
import type { AudioRendition, PackageIndex, PackageIndexes } from '../packaging/package-index.js'
import { currentPackage } from '../packaging/packaging-state.js'
import type { DeliveryDeps } from './deliver-object.js'
import type { HlsGrant } from './media-urls.js'

export interface HlsDeps {
  readonly catalogue: Catalogue
  readonly packages: PackageIndexes
  readonly storage: MediaStorage
  readonly config: DeliveryDeps['config']
}

/** Names of subtitles in playlists and manifests start with it. */
export const SUBTITLE_PREFIX = 'sub-'

/** An audio rendition of a package, with its current language. */
export interface OpenAudio extends AudioRendition {
  /** Package ID and rendition name, which URLs contain. */
  readonly renditionId: string
}

/** A media file with its current package. */
export interface OpenPackage extends PackagedFile<OpenAudio> {
  readonly packageId: string
  readonly index: PackageIndex
}

export interface SubtitleTrack {
  readonly id: string
  readonly language: string
  readonly kind: SubtitleKind
  /** Name of the track in its file; null: none. */
  readonly name: string | null
}

/**
 * Opens the renditions of the chosen file and of the files that belong to the same timeline, none above the height of
 * the grant.
 * @returns null if the chosen file does not exist or is not packaged
 */
export async function openRenditionSet (
  deps: HlsDeps,
  grant: HlsGrant,
): Promise<HlsRenditionSet<OpenPackage, OpenAudio> | null> {
  const deliverable = deliverableFiles(deps.catalogue, grant.item)
  const granted = deliverable.find(({ id }) => id === grant.file)
  if (granted === undefined) return null
  const allowed = deliverable.filter((file) => videoHeight(file) <= grant.maxHeight && isOfferedWith(file, granted))
  const packages = await Promise.all(allowed.map(async (file) => await openPackage(deps, file)))
  const files = packages.filter((file) => file !== null)
  const chosen = files.find(({ id }) => id === grant.file)
  return chosen === undefined ? null : buildRenditionSet<OpenAudio, OpenPackage>(chosen, files, grant.maxHeight)
}

/**
 * Files that were replaced since are offered with each other only, those of a master with those of the same master: the
 * new ones may have another cut.
 */
function isOfferedWith (file: CatalogueFile, granted: CatalogueFile): boolean {
  const masterOf = ({ master }: CatalogueFile): string | null => master?.toString() ?? null
  return file.stage === granted.stage && (file.stage === 'active' || masterOf(file) === masterOf(granted))
}

async function openPackage ({ packages }: HlsDeps, file: CatalogueFile): Promise<OpenPackage | null> {
  const current = currentPackage(file)
  if (current === null) return null
  const index = await packages.read(current.prefix).catch(nullIfNotFound)
  if (index === null) return null
  const packageId = current._id.toString()
  const audioRenditions = index.audio.map((rendition, i) => ({
    ...rendition,
    ...audioRole(file, rendition, i),
    language: audioLanguage(file, index, i),
    renditionId: `${packageId}-a${i}`,
  }))
  const { id, width, height, bitrate, videoCodec, edition } = file
  const { durationMs } = index
  return { id, width, height, bitrate, videoCodec, edition, durationMs, packageId, index, audioRenditions }
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

/** Subtitles that fit to the chosen file. */
export function openSubtitles (catalogue: Catalogue, file: CatalogueFile): SubtitleTrack[] {
  return offeredSubtitles(catalogue, file).map(({ _id, language, kind, name }) => {
    return { id: _id.toString(), language, kind, name }
  })
}
