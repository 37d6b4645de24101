// Probes files again: those that an earlier version of the prober read, and those whose subtitles were not stored.
import type { Types } from 'mongoose'
import { Media, type StoredMedia, type StoredMediaFile } from '../../../models/media.js'
import { readyFiles, type CatalogueFile } from '../../catalogue/store/catalogue.js'
import type { MediaDeps } from '../deps.js'
import { addExtractedSubtitles } from '../sidecar/extracted-subtitles.js'
import { describeSubtitles, isFrameCaptions } from './describe-subtitles.js'
import type { EmbeddedSubtitleInfo, EmbeddedSubtitles } from './embedded-subtitles.js'
import { PROBE_VERSION, type MediaProber, type ProbeFailure } from './prober.js'

/** Files of one run: probing a file reads up to some MiB. */
const MAX_FILES = 50

export interface ProbeAgainDeps extends Pick<MediaDeps, 'storage' | 'log' | 'now'> {
  readonly prober: MediaProber
}

export type ProbeAgainResult =
  | { readonly ok: false, readonly code: ProbeFailure, readonly reason: string }
  | {
    readonly ok: true,
    readonly embeddedSubtitles: readonly EmbeddedSubtitleInfo[],
    /** False: the file was deleted, or the item has too many subtitles. */
    readonly isAdded: boolean,
  }

/** Probes some outdated files again. Languages stay, because people may have changed them. */
export async function probeOutdatedFiles (deps: ProbeAgainDeps & Pick<MediaDeps, 'catalogue'>): Promise<void> {
  const { catalogue } = deps
  for (const { id, itemId } of findOutdatedFiles(catalogue)) {
    const media = await Media.findById(itemId).lean<StoredMedia>()
    const file = media?.files.find(({ _id }) => _id.toString() === id)
    if (file === undefined) continue
    const result = await probeFileAgain(deps, itemId, file)
    if (!result.ok && ['closed', 'time-limit'].includes(result.code)) continue
    if (!result.ok) await saveProperties(itemId, file._id, {})
    const item = catalogue.findItem(itemId)
    if (item !== null) await catalogue.reloadTitle(item.titleId)
  }
}

/**
 * Probes a media file again, and stores its properties and its subtitles.
 * @throws errors of the storage and the database
 */
export async function probeFileAgain (
  deps: ProbeAgainDeps,
  itemId: string,
  file: StoredMediaFile,
): Promise<ProbeAgainResult> {
  const { _id, storageKey, sizeBytes, subtitleLanguages: declaredLanguages } = file
  const result = await deps.prober.probe(await deps.storage.locate(storageKey), sizeBytes)
  if (!result.ok) return result
  const { embeddedSubtitles, extractedSubtitles: subtitles } = describeAgain(file, result.info)
  const isAdded = await addExtractedSubtitles(deps, { itemId, fileId: _id.toString(), subtitles, declaredLanguages })
  await saveProperties(itemId, _id, { videoCodec: result.info.videoCodec, embeddedSubtitles })
  return { ok: true, embeddedSubtitles, isAdded }
}

/** A rendition keeps the descriptions of its master. */
function describeAgain ({ master, embeddedSubtitles }: StoredMediaFile, found: EmbeddedSubtitles): EmbeddedSubtitles {
  if (master === null || embeddedSubtitles.length === 0) return found
  const isPicture = ({ extraction }: EmbeddedSubtitleInfo): boolean => extraction === 'not-convertible'
  const tracks = embeddedSubtitles.filter((track) => !isFrameCaptions(track))
  const texts = tracks.filter((track) => !isPicture(track))
  const described = describeSubtitles(found, texts, tracks.filter(isPicture))
  return {
    ...described,
    embeddedSubtitles: [...described.embeddedSubtitles, ...embeddedSubtitles.filter(isFrameCaptions)],
  }
}

async function saveProperties (
  itemId: string,
  fileId: Types.ObjectId,
  properties: Partial<Pick<StoredMediaFile, 'videoCodec' | 'embeddedSubtitles'>>,
): Promise<void> {
  const fields = Object.entries({ ...properties, probeVersion: PROBE_VERSION })
  await Media.updateOne({ _id: itemId }, {
    $set: Object.fromEntries(fields.map(([name, value]) => [`files.$[file].${name}`, value])),
  }, { arrayFilters: [{ 'file._id': fileId }] })
}

/** Looks only at titles with files: most runs find nothing in a large catalogue. */
function findOutdatedFiles (catalogue: MediaDeps['catalogue']): CatalogueFile[] {
  const outdated: CatalogueFile[] = []
  for (const { id, items } of catalogue.titles()) {
    if (!catalogue.canHaveFiles(id)) continue
    for (const item of items) {
      outdated.push(...readyFiles(catalogue, item.id).filter(({ probeVersion }) => probeVersion < PROBE_VERSION))
    }
    if (outdated.length >= MAX_FILES) break
  }
  return outdated.slice(0, MAX_FILES)
}
