// Loads the names of titles that the catalogue in memory does not have: original and alternative ones.
import mongoose from 'mongoose'
import { Title, type StoredTitle } from '../../../models/title.js'

type OtherNames = Pick<StoredTitle, '_id' | 'originalTitle' | 'alternativeTitles'>

/** Documents that are decoded at once. */
const BATCH_SIZE = 500

/** Returns original and alternative names by title ID; titles without any are missing. */
export async function loadOtherNames (): Promise<Map<string, readonly string[]>> {
  const hasOtherNames = {
    $or: [
      { originalTitle: mongoose.trusted({ $ne: null }) },
      { 'alternativeTitles.0': mongoose.trusted({ $exists: true }) },
    ],
  }
  const names = new Map<string, readonly string[]>()
  const titles = Title.find(hasOtherNames as never, { originalTitle: 1, alternativeTitles: 1 })
    .lean<OtherNames>().cursor({ batchSize: BATCH_SIZE })
  for await (const { _id, originalTitle, alternativeTitles } of titles) {
    names.set(_id.toString(), [...(originalTitle === null ? [] : [originalTitle]), ...alternativeTitles])
  }
  return names
}
