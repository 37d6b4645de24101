// Movies, shows, seasons and episodes, as cards and in full.
import { Type, type Static } from 'typebox'
import { COLLECTION_KINDS, TITLE_RATINGS } from '../domain/vocabulary.js'
import { DurationMs, Id, Language, nullable, PositionMs, ref, strict, Timestamp, Placeholder } from './common.js'
import { chapters, MarkerOrigins, Markers, MediaFile } from './media-files.js'
import { MaturityRating } from './title-input.js'

export const TitleKind = Type.Enum(['movie', 'show'], { title: 'TitleKind', description: 'Movie or show' })
export const TitleRating = Type.Enum([...TITLE_RATINGS], {
  title: 'TitleRating',
  description: 'Rating of a title by a profile',
  examples: ['love'],
})

export const CollectionKind = Type.Enum([...COLLECTION_KINDS], {
  title: 'CollectionKind',
  description: 'Series in a fixed order, or editorial list',
})

/** Of a person. */
export const PictureUrl = nullable(Type.String(), 'URL of the picture, relative to the service; null: none')

const Credit = Type.Object({
  personId: Type.String({ description: 'ID of the person: /v1/people/{personId}' }),
  name: Type.String({ description: 'Name of the person' }),
  role: nullable(Type.String(), 'Character or job; null: not stated'),
  imdb: Type.Optional(Type.String({ description: 'IMDb ID of the person; omitted: unknown' })),
  pictureUrl: PictureUrl,
  picturePlaceholder: Placeholder('picture'),
}, { title: 'Credit', description: 'A person of the cast or crew' })
export type Credit = Static<typeof Credit>
export const StoredTranslations = Type.Optional(
  Type.Record(
    Type.String(),
    Type.Object({
      title: nullable(Type.String(), 'Translated title; null: not translated'),
      synopsis: nullable(Type.String(), 'Translated synopsis; null: not translated'),
    }, { title: 'Translation', description: 'Title and synopsis in another language' }),
    { description: 'Only for administrators: stored translations, by BCP 47 language tag' },
  ),
)
const PlayableFormats = Type.Object({
  heights: Type.Array(Type.Integer(), { description: 'Video heights, pixels, highest first' }),
  audioLanguages: Type.Array(Language, { description: 'Audio languages' }),
  subtitleLanguages: Type.Array(Language, { description: 'Subtitle languages' }),
}, { title: 'PlayableFormats', description: 'What the plan can play; for a show, in any of its episodes' })
const TitleProgress = Type.Object({
  positionMs: PositionMs,
  durationMs: nullable(DurationMs, 'Duration, ms; null: unknown'),
  finished: Type.Boolean({ description: 'Whether it was watched to the end' }),
  lastWatchedAt: Timestamp,
}, { title: 'TitleProgress', description: 'Progress in the movie, or in the episode watched last' })

const Year = nullable(Type.Integer(), 'Year of release; null: unknown')
const Synopsis = nullable(Type.String(), 'Short description; null: none')

const card = {
  id: Id,
  kind: TitleKind,
  title: Type.String({ description: 'Title, localised' }),
  year: Year,
  genres: Type.Array(Type.String(), { description: 'Genres' }),
  maturityRating: nullable(MaturityRating, 'MPA or US TV rating; null: not rated'),
  posterUrl: nullable(Type.String(), 'URL of the poster; relative to the service for uploaded posters; null: none'),
  backdropUrl: nullable(Type.String(), 'URL of the backdrop; relative to the service for uploaded ones; null: none'),
  posterPlaceholder: Placeholder('poster'),
  backdropPlaceholder: Placeholder('backdrop'),
  playable: Type.Boolean({
    description: 'Whether the plan can play it now: the movie, or at least one episode, has a media file',
  }),
}
const profileFields = {
  inWishlist: Type.Optional(Type.Boolean({ description: 'Only with a profile token: whether it is on the wishlist' })),
  rating: Type.Optional(
    nullable(TitleRating, 'Only with a profile token: rating by the profile; null: not rated'),
  ),
  progress: Type.Optional(
    nullable(TitleProgress, 'Only with a profile token: progress of the profile; null: never watched'),
  ),
}
export const Card = Type.Object({ ...card, ...profileFields }, {
  $id: 'Card',
  description: 'Summary of a movie or show for lists',
})
export type Card = Static<typeof Card>

export const RatingBody = strict({ rating: TitleRating })
export const RatedTitle = Type.Object({
  title: ref(Card),
  rating: TitleRating,
  ratedAt: Timestamp,
}, { $id: 'RatedTitle', description: 'A title with its rating' })
export type RatedTitle = Static<typeof RatedTitle>

const Certification = Type.Object({
  system: Type.String({ description: 'Rating system; MPA and TV: United States', examples: ['FSK'] }),
  rating: Type.String({ description: 'Rating in the system', examples: ['16'] }),
  age: Type.Integer({ description: 'Minimum age, years' }),
}, { title: 'Certification', description: 'A rating as its country states it' })

const titlePage = {
  ...card,
  certification: nullable(Certification, 'Rating as its country states it; null: not rated'),
  language: Type.String({
    description: 'Language of title and synopsis, BCP 47: the best match for Accept-Language',
  }),
  translations: StoredTranslations,
  available: PlayableFormats,
  collections: Type.Array(
    Type.Object({
      id: Id,
      kind: CollectionKind,
      title: Type.String({ description: 'Title of the collection, localised' }),
    }, { title: 'TitleCollection', description: 'A collection that contains the title' }),
    { description: 'Collections that contain the title' },
  ),
  originalTitle: nullable(Type.String(), 'Title in the original language; null: unknown'),
  alternativeTitles: Type.Array(Type.String(), { description: 'Other names of the title' }),
  synopsis: Synopsis,
  releaseDate: nullable(Type.String(), 'Date of release, RFC 3339 full-date; null: unknown'),
  // As a field beside nullable ones, `cast` hides a function of that name in clients that are generated for Python.
  credits: Type.Object({
    cast: Type.Array(Credit, { description: 'Cast' }),
    crew: Type.Array(Credit, { description: 'Crew' }),
  }, { title: 'Credits', description: 'The people of the title' }),
  logoUrl: nullable(
    Type.String(),
    'URL of the logo, the lettering of the title on a clear ground; relative to the service if uploaded; null: none',
  ),
  logoPlaceholder: Placeholder('logo'),
  trailerUrl: nullable(
    Type.String(),
    'URL of the trailer: a page or a file on the web, or a path on the host of the service; null: none',
  ),
  originalLanguage: nullable(Language, 'Original language, BCP 47; null: unknown'),
  externalIds: Type.Object({
    imdb: Type.Optional(Type.String({ description: 'IMDb ID; omitted: unknown' })),
    tmdb: Type.Optional(Type.String({ description: 'TMDB ID; omitted: unknown' })),
    wikidata: Type.Optional(Type.String({ description: 'Wikidata ID; omitted: unknown' })),
  }, { title: 'StoredExternalIds', description: 'IDs in other catalogues' }),
  availableFrom: nullable(Timestamp, 'Hidden before this time; null: no lower limit'),
  availableUntil: nullable(Timestamp, 'Hidden from this time; null: no upper limit'),
  published: Type.Boolean({ description: 'Whether members can see it' }),
  popularity: Type.Number({ description: 'Editorial popularity in any unit; higher sorts first' }),
  ...profileFields,
}
export const Movie = Type.Object({
  ...titlePage,
  runtimeMs: nullable(DurationMs, 'Stated running time, ms; null: unknown'),
  markers: ref(Markers),
  chapters,
  mediaFiles: Type.Array(ref(MediaFile), {
    description: 'Media files that the plan can play; all files for administrators',
  }),
}, { $id: 'Movie', description: 'A movie' })
export type Movie = Static<typeof Movie>

export const Show = Type.Object({
  ...titlePage,
  episodeCount: Type.Integer({ description: 'Number of episodes' }),
  seasons: Type.Array(
    Type.Object({
      number: Type.Integer({ description: 'Season number; 0 holds the specials' }),
      title: nullable(Type.String(), 'Title of the season, localised; null: none'),
      episodeCount: Type.Integer({ description: 'Number of episodes in the season' }),
      finishedCount: Type.Optional(
        Type.Integer({ description: 'Only with a profile token: number of finished episodes' }),
      ),
      lastWatchedAt: Type.Optional(
        nullable(Timestamp, 'Only with a profile token: when an episode was last watched; null: never'),
      ),
    }, { title: 'SeasonSummary', description: 'A season of a show' }),
    { description: 'Seasons by number' },
  ),
}, { $id: 'Show', description: 'A show with its seasons' })
export type Show = Static<typeof Show>

export const Episode = Type.Object({
  id: Id,
  number: Type.Integer({ description: 'Episode number within the season' }),
  title: Type.String({ description: 'Title of the episode, localised' }),
  synopsis: Synopsis,
  translations: StoredTranslations,
  runtimeMs: nullable(DurationMs, 'Stated running time, ms; null: unknown'),
  airDate: nullable(Type.String(), 'First air date, RFC 3339 full-date; null: unknown'),
  stillUrl: nullable(Type.String(), 'URL of a still; relative to the service for uploaded ones; null: none'),
  stillPlaceholder: Placeholder('still'),
  placedAfter: nullable(
    Type.Object({
      season: Type.Integer({ description: 'Season number' }),
      episode: Type.Integer({ description: 'Episode number; 0: before the first' }),
    }, { title: 'PlacedAfter', description: 'A regular episode' }),
    'For a special: the regular episode after which it is watched; null: not in the watch order',
  ),
  mediaSpan: Type.Integer({
    minimum: 1,
    description: 'Number of episodes in a row that its media contains, from this one on; 1: only this one',
  }),
  containedIn: nullable(
    Type.Integer(),
    'Number of the episode of the season whose media contains this one: it is watched there, and the watch order ' +
      'leaves it out; null: none',
  ),
  markers: ref(Markers),
  markerOrigins: ref(MarkerOrigins),
  chapters,
  mediaFiles: Type.Array(ref(MediaFile), {
    description: 'Media files that the plan can play; all files for administrators',
  }),
  progress: Type.Optional(
    nullable(TitleProgress, 'Only with a profile token: progress of the profile; null: never watched'),
  ),
}, { $id: 'Episode', description: 'An episode' })
export type Episode = Static<typeof Episode>

export const Season = Type.Object({
  number: Type.Integer({ description: 'Season number; 0 holds the specials' }),
  title: nullable(Type.String(), 'Title of the season, localised; null: none'),
  synopsis: Synopsis,
  translations: StoredTranslations,
  episodes: Type.Array(ref(Episode), { description: 'Episodes by number' }),
}, { $id: 'Season', description: 'A season with its episodes' })
export type Season = Static<typeof Season>

export const Item = Type.Object({
  id: Id,
  season: nullable(Type.Integer(), 'Season number; null for a movie'),
  episode: nullable(Type.Integer(), 'Episode number; null for a movie'),
  title: Type.String({ description: 'Title of the episode or movie, localised' }),
}, { $id: 'Item', description: 'A movie or an episode' })
export type Item = Static<typeof Item>
