// Probes files again that an earlier version of the prober read, so that their properties are complete.
import { Types } from 'mongoose'
import { Media } from '../../../models/media.js'
import { readyFiles, type CatalogueFile } from '../../catalogue/store/catalogue.js'
import type { MediaDeps } from '../deps.js'
import { addExtractedSubtitles } from '../sidecar/extracted-subtitles.js'
import { PROBE_VERSION, type MediaProber } from './prober.js'

/** Files of one run: probing a file reads up to some MiB. */
const MAX_FILES = 50

/** Probes some outdated files again. Languages stay, because people may have changed them. */
export async function probeOutdatedFiles (
  { prober, ...deps }: Pick<MediaDeps, 'catalogue' | 'storage' | 'log' | 'now'> & { readonly prober: MediaProber },
): Promise<void> {
  const { catalogue, storage } = deps
  for (const file of findOutdatedFiles(catalogue)) await probeAgain(file)

  async function probeAgain ({ id, itemId, storageKey, sizeBytes, subtitleLanguages }: CatalogueFile): Promise<void> {
    const result = await prober.probe(await storage.locate(storageKey), sizeBytes)
    if (!result.ok && ['closed', 'time-limit'].includes(result.code)) return
    const { videoCodec, embeddedSubtitles } = result.ok ? result.info : {}
    if (result.ok) {
      const { extractedSubtitles: subtitles } = result.info
      await addExtractedSubtitles(deps, { itemId, fileId: id, subtitles, declaredLanguages: subtitleLanguages })
    }
    const fields = { videoCodec, embeddedSubtitles, probeVersion: PROBE_VERSION }
    await Media.updateOne({ _id: itemId }, {
      $set: Object.fromEntries(
        Object.entries(fields).flatMap(([name, value]) =>
          value === undefined ? [] : [[`files.$[file].${name}`, value]]
        ),
      ),
    }, { arrayFilters: [{ 'file._id': new Types.ObjectId(id) }] })
    const item = catalogue.findItem(itemId)
    if (item !== null) await catalogue.reloadTitle(item.titleId)
  }
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
