// What administrators write about movies, shows, seasons and episodes, through the API and in imports.
import { Type, type Static } from 'typebox'
import { MAX_CHAPTER_TITLE_LENGTH, MAX_CHAPTERS } from '../domain/chapters.js'
import { MATURITY_RATINGS } from '../domain/maturity.js'
import { MAX_MEDIA_SPAN } from '../domain/media-span.js'
import { MAX_TRANSLATIONS } from '../domain/vocabulary.js'
import {
  describe,
  documented,
  DurationMs,
  FullDate,
  Id,
  Language,
  nullable,
  PositionMs,
  ref,
  strict,
  Timestamp,
} from './common.js'
import { MarkerOriginKind } from './media-files.js'

export const MaturityRating = Type.Enum([...MATURITY_RATINGS], {
  title: 'MaturityRating',
  description: 'MPA or US TV rating',
  examples: ['PG-13'],
})
const CertificationInput = Type.Union([
  Type.String({
    minLength: 1,
    maxLength: 60,
    description: 'As people write it',
    examples: ['FSK 16', '12A', 'PEGI 12'],
  }),
  strict({
    system: Type.String({ minLength: 1, maxLength: 30, description: 'Rating system', examples: ['FSK'] }),
    rating: Type.String({ minLength: 1, maxLength: 30, description: 'Rating in the system', examples: ['16'] }),
    age: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 21, description: 'Ignored: the system determines the age' }),
    ),
  }, { title: 'StructuredCertification', description: 'A rating and its system' }),
], { title: 'CertificationInput', description: 'A rating of any country' })
export const Synopsis = Type.String({ maxLength: 10_000, description: 'Short description' })
export const Name = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S', description: 'Name; not blank' })
export const Genre = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: '\\S',
  description: 'Genre',
  examples: ['Drama'],
})
const Year = Type.Integer({ minimum: 1870, maximum: 2200, description: 'Year of release', examples: [1999] })
const externalId = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_-]+$', description }))

export const PersonCredit = strict({
  name: describe(Name, 'Name of the person'),
  role: Type.Optional(nullable(Type.String({ maxLength: 300 }), 'Character or job; null: not stated')),
  imdb: Type.Optional(
    Type.String({
      pattern: '^nm\\d{1,12}$',
      description: 'IMDb ID; distinguishes people of the same name',
      examples: ['nm0000206'],
    }),
  ),
}, { title: 'CreditInput', description: 'A person of the cast or crew' })
const TranslationInput = strict({
  title: Type.Optional(nullable(Name, 'Translated title; null: not translated')),
  synopsis: Type.Optional(nullable(Synopsis, 'Translated synopsis; null: not translated')),
}, { title: 'TranslationInput', description: 'Title and synopsis in another language' })
const TranslationLanguage = Type.String({ pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$' })
/** The generator of the document replaces the pattern of the names by `additionalProperties`. */
export const Translations = documented(
  Type.Record(TranslationLanguage, TranslationInput, {
    additionalProperties: false,
    maxProperties: MAX_TRANSLATIONS,
    description: 'Title and synopsis in other languages, by BCP 47 language tag',
    examples: [{ de: { title: 'Das Leben der Anderen' } }],
  }),
  { propertyNames: TranslationLanguage },
)
export const ExternalIds = strict({
  imdb: externalId('IMDb ID'),
  tmdb: externalId('TMDB ID'),
  wikidata: externalId('Wikidata ID'),
}, { title: 'ExternalIds', description: 'IDs in other catalogues; each is unique in this catalogue' })
const MarkersInput = strict({
  recapStartMs: Type.Optional(nullable(PositionMs, 'Start of the recap, ms from the start; null: none')),
  recapEndMs: Type.Optional(nullable(PositionMs, 'End of the recap, ms from the start; null: none')),
  introStartMs: Type.Optional(nullable(PositionMs, 'Start of the intro, ms from the start; null: none')),
  introEndMs: Type.Optional(nullable(PositionMs, 'End of the intro, ms from the start; null: none')),
  creditsStartMs: Type.Optional(
    nullable(
      PositionMs,
      'Start of the credits, ms from the start; from here the item counts as finished; null: unknown',
    ),
  ),
}, { title: 'MarkersInput', description: 'Positions that a player offers to skip to' })
export const MarkerOriginInput = strict({
  origin: MarkerOriginKind,
  confidence: Type.Optional(
    nullable(
      Type.Number({ minimum: 0, maximum: 1 }),
      'How sure the detection is, from 0 to 1; required with detected; null: not detected',
    ),
  ),
}, { $id: 'MarkerOriginInput', description: 'Who set markers, and how sure a detection is' })
const nullableOrigin = (description: string) => Type.Optional(nullable(ref(MarkerOriginInput), description))
const MarkerOriginsInput = strict({
  recap: nullableOrigin('Origin of the recap, which is never detected; null: not set'),
  intro: nullableOrigin('Origin of the intro; null: neither set nor cleared'),
  credits: nullableOrigin('Origin of the start of the credits; null: neither set nor cleared'),
}, { title: 'MarkerOriginsInput', description: 'Who set the markers of an episode' })
const ChapterInput = strict({
  startMs: describe(PositionMs, 'Start of the chapter, ms from the start; different for each chapter'),
  title: Type.String({
    minLength: 1,
    maxLength: MAX_CHAPTER_TITLE_LENGTH,
    pattern: '\\S',
    description: 'Title of the chapter; not blank',
    examples: ['The heist'],
  }),
}, { title: 'ChapterInput', description: 'A chapter; it ends where the next one starts' })

const PlacedAfter = strict({
  season: Type.Integer({ minimum: 1, maximum: 10_000, description: 'Season number' }),
  episode: Type.Integer({ minimum: 0, maximum: 100_000, description: 'Episode number; 0: before the first' }),
}, { title: 'PlacedAfterInput', description: 'For a special: the regular episode after which it is watched' })
const PLACED_AFTER =
  'For a special: the regular episode after which it is watched; null: not in the watch order, never offered as next'

export const ImageUrl = Type.String({
  pattern: '^(https?://[^\\s]+|/v1/images/[0-9a-f]{24})$',
  maxLength: 2_000,
  description: 'http or https URL, which the service never fetches, or path of an uploaded image',
  examples: ['https://img.example.com/p/1.jpg'],
})

/** A path starts with one slash: browsers read two, or a backslash, as another host. */
const TrailerUrl = Type.String({
  pattern: '^(https?://[^\\s]+|/[A-Za-z0-9._~-][^\\s\\\\]*)$',
  maxLength: 2_000,
  description: 'http or https URL, or a path on the host of the service, which never fetches it',
  examples: ['https://video.example.com/trailers/1'],
})

const nullableText = Type.Optional(nullable(Synopsis, 'Short description; null: none'))
const nullableRuntime = Type.Optional(nullable(DurationMs, 'Stated running time, ms; null: unknown'))
const nullableMarkers = Type.Optional(nullable(MarkersInput, 'Positions that a player offers to skip to; null: none'))
const nullableChapters = Type.Optional(
  nullable(
    Type.Array(ChapterInput, { maxItems: MAX_CHAPTERS }),
    'Chapters in any order; a master never changes them then, and an empty list stays empty; null: those of the next ' +
      'master',
  ),
)
const nullableSeasonTitle = Type.Optional(nullable(Name, 'Title of the season; null: none'))
const nullableStillUrl = Type.Optional(nullable(ImageUrl, 'URL of a still, an image of the episode; null: none'))
const nullableAirDate = Type.Optional(nullable(FullDate, 'First air date, RFC 3339 full-date; null: unknown'))

const titleFields = {
  originalTitle: Type.Optional(nullable(Name, 'Title in the original language; null: unknown')),
  alternativeTitles: Type.Optional(
    Type.Array(Name, { maxItems: 20, description: 'Other names of the title; search finds them' }),
  ),
  synopsis: nullableText,
  translations: Type.Optional(Translations),
  year: Type.Optional(nullable(Year, 'Year of release; omitted: taken from releaseDate; null: unknown')),
  releaseDate: Type.Optional(nullable(FullDate, 'Date of release, RFC 3339 full-date; null: unknown')),
  genres: Type.Optional(Type.Array(Genre, { maxItems: 30, description: 'Genres' })),
  maturityRating: Type.Optional(
    nullable(MaturityRating, 'MPA or US TV rating; null: not rated, hidden from kids profiles'),
  ),
  certification: Type.Optional(
    nullable(
      CertificationInput,
      'Rating of any country; sets maturityRating to the American rating that protects as much, unless the body has ' +
        'one; null: none',
    ),
  ),
  cast: Type.Optional(Type.Array(PersonCredit, { maxItems: 500, description: 'Cast' })),
  crew: Type.Optional(Type.Array(PersonCredit, { maxItems: 500, description: 'Crew' })),
  posterUrl: Type.Optional(nullable(ImageUrl, 'URL of the poster; null: none')),
  backdropUrl: Type.Optional(nullable(ImageUrl, 'URL of the backdrop image; null: none')),
  logoUrl: Type.Optional(
    nullable(ImageUrl, 'URL of the logo, the lettering of the title on a clear ground; null: none'),
  ),
  trailerUrl: Type.Optional(
    nullable(
      TrailerUrl,
      'URL of the trailer: a page or a file on the web, or a path on the host of the service; null: none',
    ),
  ),
  originalLanguage: Type.Optional(nullable(Language, 'Original language, BCP 47; null: unknown')),
  externalIds: Type.Optional(ExternalIds),
  availableFrom: Type.Optional(nullable(Timestamp, 'Hidden before this time; null: no lower limit')),
  availableUntil: Type.Optional(nullable(Timestamp, 'Hidden from this time; null: no upper limit')),
  published: Type.Optional(Type.Boolean({ description: 'Whether members can see the title; true by default' })),
  popularity: Type.Optional(
    Type.Number({ minimum: 0, description: 'Popularity in any unit; only the order matters' }),
  ),
}
const movieFields = { runtimeMs: nullableRuntime, markers: nullableMarkers, chapters: nullableChapters }

const mediaSpan = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: MAX_MEDIA_SPAN,
    description: 'Number of episodes in a row that its media contains, from this one on, as in the file ' +
      '`Show.S01E01-E02.mkv`; 1: only this one. Omitted: unchanged, 1 for a new episode',
  }),
)

export const EpisodeInput = strict({
  id: Type.Optional(describe(Id, 'ID of an existing episode of the show')),
  number: Type.Integer({ minimum: 0, maximum: 100_000, description: 'Episode number within the season' }),
  title: describe(Name, 'Title of the episode'),
  synopsis: nullableText,
  translations: Type.Optional(Translations),
  runtimeMs: nullableRuntime,
  airDate: nullableAirDate,
  placedAfter: Type.Optional(nullable(PlacedAfter, PLACED_AFTER)),
  mediaSpan,
  markers: nullableMarkers,
  markerOrigins: Type.Optional(describe(
    MarkerOriginsInput,
    'Who set `markers`, as exports state it; only with `markers`. People cleared markers that have the origin ' +
      'person and are null. Omitted: a marker that equals the stored one keeps its origin, others are those of people',
  )),
  chapters: nullableChapters,
  stillUrl: nullableStillUrl,
}, {
  $id: 'EpisodeInput',
  description: 'An existing episode is matched by its ID or by season and number; it keeps its ID and all progress',
})
export const SeasonInput = strict({
  number: Type.Integer({ minimum: 0, maximum: 10_000, description: 'Season number; 0 holds the specials' }),
  title: nullableSeasonTitle,
  synopsis: nullableText,
  translations: Type.Optional(Translations),
  episodes: Type.Optional(Type.Array(ref(EpisodeInput), { maxItems: 5_000, description: 'Episodes in any order' })),
}, { $id: 'SeasonInput', description: 'A season, as administrators write it' })

export const SeasonChanges = strict({
  number: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000, description: 'New season number; the episodes keep their IDs' }),
  ),
  title: nullableSeasonTitle,
  synopsis: nullableText,
  translations: Type.Optional(Translations),
}, { $id: 'SeasonChanges', description: 'Fields of a season to change', minProperties: 1 })
export type SeasonChanges = Static<typeof SeasonChanges>

export const EpisodeChanges = strict({
  season: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 10_000,
      description: 'Number of the season to move the episode to; a missing season is created',
    }),
  ),
  number: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000, description: 'New episode number' })),
  title: Type.Optional(describe(Name, 'Title of the episode')),
  synopsis: nullableText,
  translations: Type.Optional(Translations),
  runtimeMs: nullableRuntime,
  airDate: nullableAirDate,
  placedAfter: Type.Optional(nullable(PlacedAfter, PLACED_AFTER)),
  mediaSpan,
  markers: nullableMarkers,
  chapters: nullableChapters,
  stillUrl: nullableStillUrl,
}, {
  $id: 'EpisodeChanges',
  minProperties: 1,
  description: 'A moved or renumbered episode keeps its ID and all progress',
})
export type EpisodeChanges = Static<typeof EpisodeChanges>

export const EpisodeOrder = strict({
  episodeIds: Type.Array(Id, {
    maxItems: 5_000,
    uniqueItems: true,
    description: 'All episodes of the season in their new order',
  }),
  firstNumber: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000, default: 1, description: 'Number of the first episode' }),
  ),
}, { $id: 'EpisodeOrder', description: 'New order of the episodes of a season' })
export type EpisodeOrder = Static<typeof EpisodeOrder>

const showFields = {
  seasons: Type.Optional(Type.Array(ref(SeasonInput), { maxItems: 1_000, description: 'Seasons in any order' })),
}

const Title = describe(Name, 'Title in the language of the catalogue')
export const MovieInput = strict({ title: Title, ...titleFields, ...movieFields }, {
  $id: 'MovieInput',
  description: 'A movie, as administrators write it',
})
export const MovieChanges = strict({ title: Type.Optional(Title), ...titleFields, ...movieFields }, {
  $id: 'MovieChanges',
  description: 'Fields of a movie to change',
  minProperties: 1,
})
export const ShowInput = strict({ title: Title, ...titleFields, ...showFields }, {
  $id: 'ShowInput',
  description: 'A show, as administrators write it',
})
export const ShowChanges = strict({ title: Type.Optional(Title), ...titleFields, ...showFields }, {
  $id: 'ShowChanges',
  description: 'Fields of a show to change',
  minProperties: 1,
})
/** Fields of a movie or show; omitted fields are null, empty or the default in a new title. */
export type TitleBody = Static<typeof MovieChanges> & Static<typeof ShowChanges>
