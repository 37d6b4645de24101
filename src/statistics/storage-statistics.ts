// Statistics of the storage for the staff: objects and bytes by kind, from the sizes that the database holds.
import type { PipelineStage } from 'mongoose'
import { EncodingJob } from '../../models/encoding-job.js'
import { Image } from '../../models/image.js'
import { Media } from '../../models/media.js'
import { MediaUpload } from '../../models/media-upload.js'
import { STORAGE_KINDS } from '../schemas/statistics.js'

/** Counting reads all media documents: the counts of a process are renewed after this time. */
const CACHE_TTL_MS = 5 * 60_000
const MAX_QUERY_MS = 30_000

export interface StorageOfKind {
  readonly kind: typeof STORAGE_KINDS[number]
  /** Files, packages, images or uploads. */
  readonly objects: number
  readonly bytes: number
  /** Objects whose size the database does not have. */
  readonly unmeasured: number
}

type Counts = Omit<StorageOfKind, 'kind'>

export interface StorageStatistics {
  /** Counts objects and bytes by kind, at most five minutes old. */
  count(): Promise<readonly StorageOfKind[]>
}

export function createStorageStatistics (now: () => Date): StorageStatistics {
  let cached: { readonly countedAt: number, readonly kinds: Promise<StorageOfKind[]> } | null = null
  return {
    async count () {
      const time = now().getTime()
      if (cached === null || time - cached.countedAt > CACHE_TTL_MS) {
        const kinds = countStorage()
        cached = { countedAt: time, kinds }
        kinds.catch(() => {
          cached = null
        })
      }
      return await cached.kinds
    },
  }
}

async function countStorage (): Promise<StorageOfKind[]> {
  const [files, packages, subtitles, thumbnails, images, sizes, uploads, masters] = await Promise.all([
    countMedia([{ $unwind: '$files' }, distinctBytes('$files.storageKey', '$files.sizeBytes')]),
    countMedia([
      { $unwind: '$files' },
      { $unwind: '$files.hls.packages' },
      distinctBytes('$files.hls.packages.prefix', '$files.hls.packages.sizeBytes'),
    ]),
    countMedia([{ $unwind: '$subtitles' }, distinctBytes('$subtitles.storageKey', '$subtitles.sizeBytes')]),
    countMedia([
      { $match: { thumbnails: { $ne: null } } },
      distinctBytes('$thumbnails.imageKey', '$thumbnails.imageBytes'),
    ]),
    countImages([distinctBytes('$storageKey', '$sizeBytes')]),
    countImages([{ $unwind: '$sizes' }, distinctBytes('$sizes.storageKey', '$sizes.sizeBytes')]),
    MediaUpload.aggregate<Counts>([
      { $match: { state: { $in: ['uploading', 'received', 'processing'] } } },
      distinctBytes('$storageKey', '$receivedBytes'),
      ...SUM,
    ]).option({ maxTimeMS: MAX_QUERY_MS }),
    EncodingJob.aggregate<Counts>([distinctBytes('$storageKey', '$sizeBytes'), ...SUM])
      .option({ maxTimeMS: MAX_QUERY_MS }),
  ])
  const byKind = [addCounts(files, masters), packages, subtitles, thumbnails, addCounts(images, sizes), uploads]
  return STORAGE_KINDS.map((kind, i) => ({ kind, ...byKind[i]?.[0] ?? { objects: 0, bytes: 0, unmeasured: 0 } }))
}

/** Masters count as media files, and sizes of images as images. */
function addCounts ([one]: readonly Counts[], [other]: readonly Counts[]): Counts[] {
  if (one === undefined || other === undefined) return [one ?? other ?? []].flat()
  return [{
    objects: one.objects + other.objects,
    bytes: one.bytes + other.bytes,
    unmeasured: one.unmeasured + other.unmeasured,
  }]
}

async function countMedia (stages: PipelineStage[]): Promise<Counts[]> {
  return await Media.aggregate<Counts>([...stages, ...SUM]).option({ maxTimeMS: MAX_QUERY_MS, allowDiskUse: true })
}

async function countImages (stages: PipelineStage[]): Promise<Counts[]> {
  return await Image.aggregate<Counts>([...stages, ...SUM]).option({ maxTimeMS: MAX_QUERY_MS })
}

/** Several media files may share an object: it counts once. */
const distinctBytes = (key: string, bytes: string): PipelineStage.Group => ({
  $group: { _id: key, bytes: { $max: bytes } },
})

const SUM: Array<PipelineStage.Group | PipelineStage.Project> = [
  {
    $group: {
      _id: null,
      objects: { $sum: 1 },
      bytes: { $sum: { $ifNull: ['$bytes', 0] } },
      unmeasured: { $sum: { $cond: [{ $eq: [{ $ifNull: ['$bytes', null] }, null] }, 1, 0] } },
    },
  },
  { $project: { _id: 0 } },
]
