// Titles, episodes and markers have every field. Translations stay absent where there are none.
import { fillElements, fillFields, type Migration } from './migration.js'

const TITLE = { alternativeTitles: [], cast: [], crew: [], availableFrom: null, availableUntil: null, popularity: 0 }
const RECAP = { recapStartMs: null, recapEndMs: null }

/** Expression for markers, which are null or have every field. */
const filledMarkers = (markers: string) => ({
  $cond: [{ $eq: [{ $ifNull: [markers, null] }, null] }, null, { $mergeObjects: [RECAP, markers] }],
})

export const migration: Migration = {
  name: '0003-fill-title-fields',
  async up (db) {
    const titles = db.collection('titles')
    await fillFields(titles, TITLE)
    await titles.updateMany({ kind: 'movie' }, [{ $set: { markers: filledMarkers('$markers') } }])
    const episodes = fillElements('$$season.episodes', 'episode', { placedAfter: null }, {
      markers: filledMarkers('$$episode.markers'),
    })
    const seasons = fillElements('$seasons', 'season', { title: null, synopsis: null }, { episodes })
    await titles.updateMany({ kind: 'show' }, [{ $set: { seasons } }])
  },
}
