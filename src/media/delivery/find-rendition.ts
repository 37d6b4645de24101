// Finds the stored renditions of an item and their segments.
import type { StoredPackage } from '../../../models/media.js'
import { deliverableFiles, type Catalogue, type CatalogueFile } from '../../catalogue/store/catalogue.js'
import { videoHeight } from '../../domain/file-choice.js'
import { fail, notFound } from '../../errors.js'
import {
  findRenditionIndex,
  findSegment,
  renditionKey,
  type PackageIndexes,
  type RenditionIndex,
} from '../packaging/package-index.js'
import type { DeliveredObject } from './deliver-object.js'
import { mediaAccessDenied } from './lease-check.js'
import type { HlsGrant } from './media-urls.js'

interface RenditionDeps {
  readonly catalogue: Catalogue
  readonly packages: PackageIndexes
}

export interface FoundRendition extends DeliveredObject {
  readonly rendition: RenditionIndex
}

/**
 * Finds a rendition by its ID: package ID and rendition name. Playlists of a retired package therefore keep matching
 * their bytes.
 * @throws DomainError 403 `media-refused` above the height of the grant, 404 `not-found`; ObjectNotFoundError
 */
export async function findRendition (
  { catalogue, packages }: RenditionDeps,
  grant: HlsGrant,
  renditionId: string,
): Promise<FoundRendition> {
  const [, packageId, name] = /^([0-9a-f]{24})-(v|a\d{1,2})$/.exec(renditionId) ?? fail(notFound('rendition'))
  const found = findPackage(deliverableFiles(catalogue, grant.item), packageId ?? '')
  if (found === null) throw notFound('rendition')
  if (videoHeight(found.file) > grant.maxHeight) throw mediaAccessDenied()
  const { prefix, createdAt } = found.package
  const index = await packages.read(prefix)
  const rendition = findRenditionIndex(index, name ?? '') ?? fail(notFound('rendition'))
  return {
    rendition,
    sizeBytes: rendition.sizeBytes,
    key: renditionKey(prefix, name === 'v' ? 'v' : `a${Number(name?.slice(1))}`),
    contentType: name === 'v' ? 'video/mp4' : 'audio/mp4',
    etag: `"${renditionId}"`,
    modifiedAt: createdAt,
    playingMs: name === 'v' ? index.durationMs : 0,
  }
}

/**
 * Finds a segment of a rendition, or its initialisation segment.
 * @throws DomainError 403 `media-refused` above the height of the grant, 404 `not-found`; ObjectNotFoundError
 */
export async function findRenditionSegment (
  deps: RenditionDeps,
  grant: HlsGrant,
  renditionId: string,
  name: string,
): Promise<DeliveredObject> {
  const { rendition, ...file } = await findRendition(deps, grant, renditionId)
  const segment = findSegment(rendition, name === 'init' ? name : Number(name)) ?? fail(notFound('segment'))
  return {
    ...file,
    etag: `"${renditionId}-${name}-${segment.sizeBytes}"`,
    startByte: segment.offset,
    sizeBytes: segment.sizeBytes,
    playingMs: file.playingMs === 0 ? 0 : segment.durationUs / 1_000,
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
