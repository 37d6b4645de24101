// Filters of title lists and search, and the facets that count them.
import { Type, type TSchema } from 'typebox'
import { describe, Language } from './common.js'
import { Genre, MaturityRating } from './title-input.js'
import { TitleKind } from './titles.js'

const year = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 9_999, description }))

export const titleFilters = {
  genre: Type.Optional(describe(Genre, 'Has this genre')),
  yearFrom: year('Released in this year or later'),
  yearTo: year('Released in this year or earlier'),
  rating: Type.Optional(describe(MaturityRating, 'Has this MPA or US TV rating')),
  language: Type.Optional(describe(Language, 'Has a file with this audio language that the plan can play, BCP 47')),
  minHeight: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'Has a file of at least this video height that the plan can play, pixels',
    }),
  ),
}

const facet = <T extends TSchema>(title: string, value: T, description: string) =>
  Type.Array(
    Type.Object({
      value: describe(value, 'Value to filter by'),
      count: Type.Integer({ description: 'Number of titles that would be left' }),
    }, { title, description: 'A value of a filter' }),
    { description },
  )

export const Facets = Type.Object({
  total: Type.Integer({ description: 'Number of titles that pass all filters' }),
  types: facet('KindFacet', TitleKind, 'Movies and shows, most titles first'),
  genres: facet('GenreFacet', Type.String(), 'Genres, most titles first'),
  years: facet('NumberFacet', Type.Integer(), 'Years of release, newest first'),
  decades: facet('NumberFacet', Type.Integer(), 'Decades by their first year, newest first'),
  ratings: facet('RatingFacet', MaturityRating, 'MPA and US TV ratings, most titles first'),
  languages: facet('LanguageFacet', Language, 'Audio languages of files that the plan can play, most titles first'),
  heights: facet('NumberFacet', Type.Integer(), 'Video heights of files that the plan can play, pixels, highest first'),
}, { $id: 'Facets', description: 'Values of the filters with the number of their titles' })
