// Detections of markers whose show does not exist, or whose season has no episodes.
import { MarkerDetection, type StoredMarkerDetection } from '../../models/marker-detection.js'
import { Show, type StoredShow } from '../../models/show.js'
import { listSeasonsWithEpisodes } from '../editing/edit-show.js'
import type { Check } from './findings.js'

type DetectionKey = Pick<StoredMarkerDetection, '_id' | 'title' | 'season'>

export const markerDetections: Check = {
  name: 'marker-detections',
  objects: 'detections of intros and credits',
  async *find (_deps, countChecked) {
    const cursor = MarkerDetection.find().select('title season').lean<DetectionKey[]>().cursor()
    for await (const detection of cursor as AsyncIterable<DetectionKey>) {
      countChecked()
      const problem = await findProblem(detection)
      if (problem === null) continue
      yield {
        subject: `marker detection ${detection._id.toString()}`,
        problem,
        fix: async () => {
          if (await findProblem(detection) !== null) await MarkerDetection.deleteOne({ _id: detection._id })
        },
      }
    }
  },
}

async function findProblem ({ title, season }: DetectionKey): Promise<string | null> {
  const show = await Show.findById(title).select('seasons.number seasons.episodes._id')
    .lean<Pick<StoredShow, 'seasons'>>()
  if (show === null) return `show ${title.toString()} does not exist`
  return listSeasonsWithEpisodes(show.seasons).includes(season)
    ? null
    : `season ${season} of show ${title.toString()} has no episodes`
}
