// What administrators write of movies and shows, one by one and in imports.
import { Type, type Static } from 'typebox'
import { MAX_TRANSLATIONS } from '../domain/vocabulary.js'
import { MATURITY_RATINGS } from '../domain/maturity.js'
import { DurationMs, FullDate, HttpUrl, Id, Language, nullable, PositionMs, ref, strict, Timestamp } from './common.js'

export const Rating = Type.Enum([...MATURITY_RATINGS], { description: 'MPA or US TV rating', examples: ['PG-13'] })
export const Text = Type.String({ maxLength: 10_000 })
export const Name = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })
export const Genre = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S', examples: ['Drama'] })
const Year = Type.Integer({ minimum: 1870, maximum: 2200, examples: [1999] })
const ExternalId = Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_-]+$' })

export const PersonCredit = strict({
  name: Name,
  role: Type.Optional(nullable(Type.String({ maxLength: 300 }), 'Whom they play, or what they did')),
  imdb: Type.Optional(
    Type.String({ pattern: '^nm\\d{1,12}$', description: 'Tells people of one name apart', examples: ['nm0000206'] }),
  ),
})
const TranslatedTitle = strict({ title: Type.Optional(nullable(Name)), synopsis: Type.Optional(nullable(Text)) })
export const Translations = Type.Record(
  Type.String({ pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$' }),
  TranslatedTitle,
  {
    additionalProperties: false,
    maxProperties: MAX_TRANSLATIONS,
    description: 'Title and synopsis in other languages, by BCP 47 tag',
    examples: [{ de: { title: 'Das Leben der Anderen' } }],
  },
)
export const ExternalIds = strict({
  imdb: Type.Optional(ExternalId),
  tmdb: Type.Optional(ExternalId),
  wikidata: Type.Optional(ExternalId),
}, { description: 'Ids in other catalogues, each unique here' })
const Markers = strict({
  recapStartMs: Type.Optional(nullable(PositionMs)),
  recapEndMs: Type.Optional(nullable(PositionMs)),
  introStartMs: Type.Optional(nullable(PositionMs)),
  introEndMs: Type.Optional(nullable(PositionMs)),
  creditsStartMs: Type.Optional(nullable(PositionMs, 'From here on the item counts as over')),
})

const PlacedAfter = strict({
  season: Type.Integer({ minimum: 1, maximum: 10_000 }),
  episode: Type.Integer({ minimum: 0, maximum: 100_000, description: '0: before the first' }),
}, { description: 'Of a special: the regular episode it is watched after' })

export const PosterUrl = Type.String({
  pattern: '^(https?://[^\\s]+|/v1/images/[0-9a-f]{24})$',
  maxLength: 2_000,
  description: 'http or https address, never fetched by the service; or that of a picture which was uploaded',
  examples: ['https://img.example.com/p/1.jpg'],
})

/** What admins write of any title; what is left out is null, empty or the default. */
const titleInput = {
  originalTitle: Type.Optional(nullable(Name)),
  alternativeTitles: Type.Optional(
    Type.Array(Name, { maxItems: 20, description: 'Other names that it is known by; search finds them' }),
  ),
  synopsis: Type.Optional(nullable(Text)),
  translations: Type.Optional(Translations),
  year: Type.Optional(nullable(Year, 'Taken from releaseDate when left out')),
  releaseDate: Type.Optional(nullable(FullDate)),
  genres: Type.Optional(Type.Array(Genre, { maxItems: 30 })),
  maturityRating: Type.Optional(nullable(Rating, 'null: not rated, hidden from kids profiles')),
  cast: Type.Optional(Type.Array(PersonCredit, { maxItems: 500 })),
  crew: Type.Optional(Type.Array(PersonCredit, { maxItems: 500 })),
  posterUrl: Type.Optional(nullable(PosterUrl)),
  backdropUrl: Type.Optional(nullable(HttpUrl)),
  originalLanguage: Type.Optional(nullable(Language)),
  externalIds: Type.Optional(ExternalIds),
  availableFrom: Type.Optional(nullable(Timestamp, 'Not there before; null: from the beginning')),
  availableUntil: Type.Optional(nullable(Timestamp, 'Not there from then on; null: for ever')),
  published: Type.Optional(
    Type.Boolean({ description: 'Only published titles are there for members; true when left out' }),
  ),
  popularity: Type.Optional(Type.Number({ minimum: 0, description: 'Any measure; only its order matters' })),
}
const movieInput = {
  runtimeMs: Type.Optional(nullable(DurationMs)),
  markers: Type.Optional(nullable(Markers)),
}
export const EpisodeInput = strict({
  id: Type.Optional(Id),
  number: Type.Integer({ minimum: 0, maximum: 100_000 }),
  title: Name,
  synopsis: Type.Optional(nullable(Text)),
  translations: Type.Optional(Translations),
  runtimeMs: Type.Optional(nullable(DurationMs)),
  airDate: Type.Optional(nullable(FullDate)),
  placedAfter: Type.Optional(
    nullable(PlacedAfter, 'Of a special; null: it stands outside the order and is never offered as the next'),
  ),
  markers: Type.Optional(nullable(Markers)),
}, {
  $id: 'EpisodeInput',
  description: "An episode keeps its id, and with it everybody's progress, by its id or by its season and number",
})
export const SeasonInput = strict({
  number: Type.Integer({ minimum: 0, maximum: 10_000, description: '0 holds specials' }),
  title: Type.Optional(nullable(Name)),
  synopsis: Type.Optional(nullable(Text)),
  translations: Type.Optional(Translations),
  episodes: Type.Optional(Type.Array(ref(EpisodeInput), { maxItems: 5_000 })),
}, { $id: 'SeasonInput' })
/** What a season or an episode is changed in without sending the show. */
export const SeasonChanges = strict({
  number: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 10_000,
      description: 'Gives the season another number; its episodes keep their ids',
    }),
  ),
  title: Type.Optional(nullable(Name)),
  synopsis: Type.Optional(nullable(Text)),
  translations: Type.Optional(Translations),
}, { $id: 'SeasonChanges', minProperties: 1 })
export const EpisodeChanges = strict({
  season: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 10_000,
      description: 'Moves it to another season, which is made when it is missing',
    }),
  ),
  number: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
  title: Type.Optional(Name),
  synopsis: Type.Optional(nullable(Text)),
  translations: Type.Optional(Translations),
  runtimeMs: Type.Optional(nullable(DurationMs)),
  airDate: Type.Optional(nullable(FullDate)),
  placedAfter: Type.Optional(nullable(PlacedAfter)),
  markers: Type.Optional(nullable(Markers)),
}, {
  $id: 'EpisodeChanges',
  minProperties: 1,
  description: "An episode keeps its id, and with it everybody's progress, whatever its season and number become",
})
export const EpisodeOrder = strict({
  episodeIds: Type.Array(Id, {
    maxItems: 5_000,
    uniqueItems: true,
    description: 'Every episode of the season, in the order they are numbered from now on',
  }),
  firstNumber: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, default: 1 })),
}, { $id: 'EpisodeOrder' })
const showInput = { seasons: Type.Optional(Type.Array(ref(SeasonInput), { maxItems: 1_000 })) }

export const MovieInput = strict({ title: Name, ...titleInput, ...movieInput }, { $id: 'MovieInput' })
export const MovieChanges = strict({ title: Type.Optional(Name), ...titleInput, ...movieInput }, {
  $id: 'MovieChanges',
  minProperties: 1,
})
export const ShowInput = strict({ title: Name, ...titleInput, ...showInput }, { $id: 'ShowInput' })
export const ShowChanges = strict({ title: Type.Optional(Name), ...titleInput, ...showInput }, {
  $id: 'ShowChanges',
  minProperties: 1,
})
export type TitleBody = Static<typeof MovieChanges> & Static<typeof ShowChanges>
