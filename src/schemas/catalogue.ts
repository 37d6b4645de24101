// Movies, shows, episodes, media files and cards as they are answered.
import { Type, type Static } from 'typebox'
import { COLLECTION_KINDS, TITLE_RATINGS, type CollectionKind } from '../domain/vocabulary.js'
import type { StoredMediaFile } from '../../models/media.js'
import type { StoredMovie } from '../../models/movie.js'
import type { StoredEpisode, StoredSeason, StoredShow } from '../../models/show.js'
import type { Person, StoredTitle, Translation } from '../../models/title.js'
import type { Localiser, Translatable } from '../catalogue/queries/localise.js'
import { shownMarkers } from '../editing/markers.js'
import type { PlayableFormats } from '../catalogue/queries/playable-formats.js'
import { personIdOf } from '../catalogue/queries/people.js'
import type { CatalogueFile, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { AUDIO_KINDS } from '../domain/language-choice.js'
import { DurationMs, Id, Language, nullable, PositionMs, ref, Timestamp } from './common.js'
import { Genre, Rating } from './title-input.js'

/** What lists and search are filtered by. */
export const titleFilters = {
  genre: Type.Optional(Genre),
  yearFrom: Type.Optional(Type.Integer({ minimum: 0, maximum: 9_999, description: 'Released in this year or later' })),
  yearTo: Type.Optional(Type.Integer({ minimum: 0, maximum: 9_999, description: 'Released in this year or before' })),
  rating: Type.Optional(Rating),
  language: Type.Optional(Language),
  minHeight: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'Has a file at least this sharp that the plan plays; lines',
    }),
  ),
}
export const TitleKind = Type.Optional(Type.Enum(['movie', 'show']))

const Counted = nullable(Type.Integer())
export const DeletionPreviewView = Type.Object({
  episodes: Type.Integer(),
  mediaFiles: Type.Integer(),
  mediaBytes: Type.Integer(),
  subtitles: Type.Integer(),
  plays: Type.Unsafe<number | null>({
    ...Counted,
    description: 'In histories, where they stay; null: too many to count in time',
  }),
  streams: Type.Unsafe<number | null>({
    ...Counted,
    description: 'Accounts with a stream of it now; null: too many to count in time',
  }),
  wishlists: Type.Unsafe<number | null>({
    ...Counted,
    description: 'Accounts that have it on a wishlist; null: too many to count in time',
  }),
  ratings: Type.Unsafe<number | null>({ ...Counted, description: 'null: too many to count in time' }),
  collections: Type.Integer(),
}, {
  $id: 'Removal',
  description: 'What a deletion would take with it, and what it would leave without its title. Nothing was deleted',
})

const Failure = Type.Object({ code: Type.String(), text: Type.String({ description: 'In words, for people' }) })
const Hls = Type.Object({
  state: Type.Enum(['processing', 'ready', 'failed'], {
    description: 'A file that was packaged before goes on being served while it is packaged again',
  }),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  reason: nullable(Failure, 'Why it failed'),
}, { description: 'Only for administrators: how far its package for HLS is' })
const AudioTrack = Type.Object({
  language: nullable(Language, 'null: not known'),
  kind: Type.Enum([...AUDIO_KINDS]),
  name: nullable(Type.String(), 'As the file calls it'),
  channels: Type.Integer(),
  codec: nullable(Type.String(), 'RFC 6381 codec string'),
})

export const MediaFile = Type.Object({
  id: Id,
  state: Type.Enum(['processing', 'ready', 'failed'], { description: 'Members see only ready files' }),
  failure: Type.Optional(nullable(Failure, 'Only for administrators: why it failed')),
  hls: Type.Optional(Hls),
  audioLanguages: Type.Array(Language),
  audioTracks: Type.Array(AudioTrack, { description: 'In the order of the file' }),
  subtitleLanguages: Type.Array(Language),
  width: nullable(Type.Integer(), 'Pixels'),
  height: nullable(Type.Integer(), 'Pixels'),
  frameRate: nullable(Type.Number(), 'Frames a second'),
  videoCodec: nullable(Type.String(), 'RFC 6381 codec string'),
  audioCodec: nullable(Type.String()),
  container: nullable(Type.String()),
  bitrate: nullable(Type.Integer(), 'bit/s'),
  durationMs: nullable(DurationMs),
  sizeBytes: Type.Integer(),
  sha256: Type.String(),
  edition: nullable(Type.String(), "theatrical, director's cut …; null for the only one"),
}, { $id: 'MediaFile' })

export const WireMarkers = Type.Object({
  recapStartMs: nullable(PositionMs),
  recapEndMs: nullable(PositionMs),
  introStartMs: nullable(PositionMs),
  introEndMs: nullable(PositionMs),
  creditsStartMs: nullable(PositionMs, 'From here on the item counts as over'),
}, { $id: 'Markers', description: 'What a player offers to skip' })
const WirePerson = Type.Object({
  personId: Type.String({ description: 'Names the page of this person, /v1/people/{personId}' }),
  name: Type.String(),
  role: nullable(Type.String()),
  imdb: Type.Optional(Type.String()),
})
export const WireTranslations = Type.Optional(
  Type.Record(Type.String(), Type.Object({ title: nullable(Type.String()), synopsis: nullable(Type.String()) }), {
    description: 'Only for administrators: what is stored in other languages',
  }),
)
const WireOffer = Type.Object({
  heights: Type.Array(Type.Integer(), { description: 'Lines, the sharpest first' }),
  audioLanguages: Type.Array(Language),
  subtitleLanguages: Type.Array(Language),
}, { description: 'What this plan can play; of a show, in any of its episodes' })
const WireProgress = Type.Object({
  positionMs: PositionMs,
  durationMs: nullable(DurationMs),
  finished: Type.Boolean(),
  lastWatchedAt: Timestamp,
}, { description: 'Of the movie, or of the episode last watched' })

export const TasteRating = Type.Enum([...TITLE_RATINGS], {
  description: 'What a profile thinks of a title',
  examples: ['love'],
})

const card = {
  id: Id,
  kind: Type.Enum(['movie', 'show']),
  title: Type.String(),
  year: nullable(Type.Integer()),
  genres: Type.Array(Type.String()),
  maturityRating: nullable(Rating),
  posterUrl: nullable(Type.String()),
}
const forProfile = {
  inWishlist: Type.Optional(Type.Boolean({ description: "Only with a profile's token" })),
  rating: Type.Optional(nullable(TasteRating, "Only with a profile's token; null when it was not rated")),
  progress: Type.Optional(nullable(WireProgress, "Only with a profile's token; null when never watched")),
}
export const Card = Type.Object({ ...card, ...forProfile }, { $id: 'Card' })

const titleDetail = {
  ...card,
  language: Type.String({
    description: 'Of title and synopsis, BCP 47: the best for Accept-Language of those there are',
  }),
  translations: WireTranslations,
  available: WireOffer,
  collections: Type.Array(Type.Object({ id: Id, kind: Type.Enum([...COLLECTION_KINDS]), title: Type.String() }), {
    description: 'Of which it is one',
  }),
  originalTitle: nullable(Type.String()),
  alternativeTitles: Type.Array(Type.String()),
  synopsis: nullable(Type.String()),
  releaseDate: nullable(Type.String(), 'RFC 3339 full-date'),
  cast: Type.Array(WirePerson),
  crew: Type.Array(WirePerson),
  backdropUrl: nullable(Type.String()),
  originalLanguage: nullable(Language),
  externalIds: Type.Object({
    imdb: Type.Optional(Type.String()),
    tmdb: Type.Optional(Type.String()),
    wikidata: Type.Optional(Type.String()),
  }),
  availableFrom: nullable(Timestamp),
  availableUntil: nullable(Timestamp),
  published: Type.Boolean(),
  popularity: Type.Number(),
  ...forProfile,
}
export const MovieDetail = Type.Object({
  ...titleDetail,
  runtimeMs: nullable(DurationMs),
  markers: ref(WireMarkers),
  mediaFiles: Type.Array(ref(MediaFile)),
}, { $id: 'Movie' })
export const ShowDetail = Type.Object({
  ...titleDetail,
  episodeCount: Type.Integer(),
  seasons: Type.Array(Type.Object({
    number: Type.Integer(),
    title: nullable(Type.String()),
    episodeCount: Type.Integer(),
    finishedCount: Type.Optional(
      Type.Integer({ description: "Only with a profile's token: how many of its episodes were watched" }),
    ),
    lastWatchedAt: Type.Optional(nullable(Timestamp, "Only with a profile's token; null when none was played")),
  })),
}, { $id: 'Show' })
export const EpisodeDetail = Type.Object({
  id: Id,
  number: Type.Integer(),
  title: Type.String(),
  synopsis: nullable(Type.String()),
  translations: WireTranslations,
  runtimeMs: nullable(DurationMs),
  airDate: nullable(Type.String(), 'RFC 3339 full-date; null when it is not known'),
  placedAfter: nullable(
    Type.Object({ season: Type.Integer(), episode: Type.Integer() }),
    'Of a special: the regular episode it is watched after',
  ),
  markers: ref(WireMarkers),
  mediaFiles: Type.Array(ref(MediaFile)),
  progress: Type.Optional(nullable(WireProgress, "Only with a profile's token; null when never watched")),
}, { $id: 'Episode' })
export const SeasonDetail = Type.Object({
  number: Type.Integer(),
  title: nullable(Type.String()),
  synopsis: nullable(Type.String()),
  translations: WireTranslations,
  episodes: Type.Array(ref(EpisodeDetail)),
}, { $id: 'Season' })

/** What a profile's token adds to a title. */
export interface ProfileState {
  readonly inWishlist: boolean
  readonly rating: Static<typeof TasteRating> | null
  readonly progress: Static<typeof WireProgress> | null
}

/** @param localiser tells the title in the reader's language; its own when left out */
export function toCard (
  title: CatalogueTitle | StoredTitle,
  state?: ProfileState,
  localiser?: Localiser,
): Static<typeof Card> {
  return {
    id: 'id' in title ? title.id : title._id.toString(),
    kind: title.kind,
    title: localiser?.wordsOf(title).title ?? title.title,
    year: title.year,
    genres: [...title.genres],
    maturityRating: title.maturityRating,
    posterUrl: title.posterUrl,
    ...state,
  }
}

/** A media file as a reader may see it: those that their plan may know of, or all as administrators see them. */
export type MediaFileView = Static<typeof MediaFile>

export function toMediaFile (file: CatalogueFile | (StoredMediaFile & { id?: never })): Static<typeof MediaFile> {
  return {
    id: file.id ?? (file as StoredMediaFile)._id.toString(),
    state: file.state,
    audioLanguages: [...file.audioLanguages],
    audioTracks: (file.audioTracks ?? []).map(({ language, kind, name, channels, codec }) => ({
      language,
      kind,
      name,
      channels,
      codec,
    })),
    subtitleLanguages: [...file.subtitleLanguages],
    width: file.width,
    height: file.height,
    frameRate: file.frameRate,
    videoCodec: file.videoCodec,
    audioCodec: file.audioCodec,
    container: file.container,
    bitrate: file.bitrate,
    durationMs: file.durationMs,
    sizeBytes: file.sizeBytes,
    sha256: file.sha256,
    edition: file.edition,
  }
}

/** With what only administrators see: states and progress. */
export function toAdminMediaFile (file: Parameters<typeof toMediaFile>[0]): Static<typeof MediaFile> {
  const { state, progress, failure } = file.hls ?? { state: 'processing' as const, progress: 0, failure: null }
  return {
    ...toMediaFile(file),
    failure: file.failure ?? null,
    hls: { state, progress, reason: failure },
  }
}

/** What a reader is told of a title besides what is stored of it. */
export interface DetailFacts {
  readonly offer: PlayableFormats
  readonly collections: ReadonlyArray<
    Translatable & { readonly id: string, readonly kind: CollectionKind, readonly title: string }
  >
  readonly localiser: Localiser
  /** Administrators are shown what is stored, in every language. */
  readonly isWhole: boolean
}

/** In the order of their names, so that an answer is the same as the one before. */
export function toTranslations (
  translations: readonly Translation[] = [],
): Record<string, { title: string | null, synopsis: string | null }> {
  return Object.fromEntries(
    [...translations].sort((a, b) => a.language < b.language ? -1 : 1).map((
      { language, title, synopsis },
    ) => [language, { title, synopsis }]),
  )
}

/** Title and synopsis as this reader is told them. */
function toldOf (
  stored: Translatable & { translations?: Translation[] },
  { localiser, isWhole }: Pick<DetailFacts, 'localiser' | 'isWhole'>,
) {
  if (isWhole) {
    return {
      title: stored.title,
      synopsis: stored.synopsis ?? null,
      language: localiser.wordsOf({ title: null }).language,
      translations: toTranslations(stored.translations),
    }
  }
  return localiser.wordsOf(stored)
}

function toPerson (person: Person): Static<typeof WirePerson> {
  return {
    personId: personIdOf(person),
    name: person.name,
    role: person.role,
    ...(person.imdb === undefined ? {} : { imdb: person.imdb }),
  }
}

function toTitleDetail (
  title: StoredTitle,
  facts: DetailFacts,
): Omit<Static<typeof ShowDetail>, 'seasons' | 'episodeCount'> {
  const told = toldOf(title, facts)
  return {
    ...toCard(title),
    ...told,
    title: told.title ?? title.title,
    available: {
      heights: [...facts.offer.heights],
      audioLanguages: [...facts.offer.audioLanguages],
      subtitleLanguages: [...facts.offer.subtitleLanguages],
    },
    collections: facts.collections.map((one) => ({
      id: one.id,
      kind: one.kind,
      title: facts.localiser.wordsOf(one).title ?? one.title,
    })),
    originalTitle: title.originalTitle,
    // Titles that were stored before there were any have none.
    alternativeTitles: title.alternativeTitles ?? [],
    releaseDate: title.releaseDate,
    cast: title.cast.map(toPerson),
    crew: title.crew.map(toPerson),
    backdropUrl: title.backdropUrl,
    originalLanguage: title.originalLanguage,
    externalIds: title.externalIds ?? {},
    availableFrom: title.availableFrom?.toISOString() ?? null,
    availableUntil: title.availableUntil?.toISOString() ?? null,
    published: title.published,
    popularity: title.popularity,
  }
}

export function toMovie (
  movie: StoredMovie,
  files: readonly MediaFileView[],
  facts: DetailFacts,
): Static<typeof MovieDetail> {
  return {
    ...toTitleDetail(movie, facts),
    runtimeMs: movie.runtimeMs,
    markers: shownMarkers(movie.markers),
    mediaFiles: [...files],
  }
}

export function toShow (show: StoredShow, facts: DetailFacts): Static<typeof ShowDetail> {
  return {
    ...toTitleDetail(show, facts),
    episodeCount: show.episodeCount,
    seasons: [...show.seasons].sort((a, b) => a.number - b.number).map((season) => ({
      number: season.number,
      title: facts.isWhole ? season.title : facts.localiser.wordsOf(season).title,
      episodeCount: season.episodes.length,
    })),
  }
}

type EpisodeFacts = Pick<DetailFacts, 'localiser' | 'isWhole'>

export function toEpisode (
  episode: StoredEpisode,
  files: readonly MediaFileView[],
  facts: EpisodeFacts,
): Static<typeof EpisodeDetail> {
  const { language: _, ...told } = toldOf(episode, facts)
  return {
    id: episode._id.toString(),
    number: episode.number,
    ...told,
    title: told.title ?? episode.title,
    runtimeMs: episode.runtimeMs,
    airDate: episode.airDate,
    placedAfter: episode.placedAfter ?? null,
    markers: shownMarkers(episode.markers),
    mediaFiles: [...files],
  }
}

export function toSeason (
  season: StoredSeason,
  filesOf: (itemId: string) => readonly MediaFileView[],
  facts: EpisodeFacts,
): Static<typeof SeasonDetail> {
  const { language: _, ...told } = toldOf(season, facts)
  return {
    number: season.number,
    ...told,
    episodes: [...season.episodes].sort((a, b) => a.number - b.number).map((episode) =>
      toEpisode(episode, filesOf(episode._id.toString()), facts)
    ),
  }
}
