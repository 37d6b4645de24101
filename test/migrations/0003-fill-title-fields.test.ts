import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0003-fill-title-fields.js'
import { Movie } from '../../models/movie.js'
import { Show } from '../../models/show.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')

const oldTitle = () => ({
  _id: id(),
  title: 'Alien',
  originalTitle: null,
  synopsis: null,
  year: 1979,
  releaseDate: null,
  genres: [],
  maturityRating: 'R',
  posterUrl: null,
  backdropUrl: null,
  originalLanguage: null,
  externalIds: { imdb: `tt${Math.random()}` },
  published: true,
  createdAt: at,
  updatedAt: at,
  __v: 4,
})
const oldMarkers = { introStartMs: 1_000, introEndMs: 2_000, creditsStartMs: null }
const newMarkers = { recapStartMs: null, recapEndMs: null, ...oldMarkers }

t.test('movies get the fields that they lack', async (t) => {
  const db = await openDatabase(t)
  const movies = [
    { ...oldTitle(), kind: 'movie', runtimeMs: null },
    { ...oldTitle(), kind: 'movie', runtimeMs: null, markers: oldMarkers, alternativeTitles: ['A'], popularity: 7 },
  ]
  await db.collection('titles').insertMany(movies)
  await runTwice(t, db, migration)
  await expectModelForm(t, Movie)
  t.match(await Movie.findById(movies[0]?._id).lean(), {
    alternativeTitles: [],
    cast: [],
    crew: [],
    popularity: 0,
    availableFrom: null,
    markers: null,
    __v: 4,
  })
  const second = await Movie.findById(movies[1]?._id).lean()
  t.match(second, { alternativeTitles: ['A'], popularity: 7, markers: newMarkers })
  t.notOk('translations' in (second ?? {}), 'translations stay absent')
})

t.test('episodes get the fields that they lack', async (t) => {
  const db = await openDatabase(t)
  const episode = (number: number) => ({
    _id: id(),
    number,
    title: 'E',
    synopsis: null,
    runtimeMs: null,
    airDate: null,
  })
  const placedAfter = { season: 1, episode: 1 }
  const seasons = [
    { number: 0, episodes: [{ ...episode(1), placedAfter, markers: oldMarkers }] },
    { number: 1, title: 'One', synopsis: null, episodes: [episode(1), { ...episode(2), markers: null }] },
  ]
  await db.collection('titles').insertOne({ ...oldTitle(), kind: 'show', seasons, episodeCount: 3 })
  await runTwice(t, db, migration)
  await expectModelForm(t, Show)
  t.match(await Show.findOne().lean(), {
    seasons: [
      { title: null, synopsis: null, episodes: [{ placedAfter, markers: newMarkers }] },
      { title: 'One', episodes: [{ placedAfter: null, markers: null }, { placedAfter: null, markers: null }] },
    ],
  })
})
