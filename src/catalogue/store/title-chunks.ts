// The titles of the catalogue as chunks of columns, from which a process that starts builds its own. Columns of one
// type are parsed several times faster than documents.
import type { CatalogueTranslation } from './catalogue.js'
import type { EpisodeFields, RareEpisodeFields } from './compact-episode.js'
import { createState, internTraits, type CatalogueState } from './catalogue-state.js'
import {
  CompactTitle,
  type Genres,
  type Placeholders,
  type RareTitleFields,
  type Traits,
} from './compact-title.js'
import { internValue } from './interning.js'
import type { PackedDate } from './packed-fields.js'
import { compactPeople, restorePerson, type IndexedPerson } from './people-index.js'

const PEOPLE_PER_CHUNK = 5_000
const TITLES_PER_CHUNK = 1_000
const ID_BYTES = 12

interface SharedChunk {
  readonly kind: 'shared'
  readonly traits: readonly Traits[]
  readonly genres: readonly Genres[]
}

interface PeopleChunk {
  readonly kind: 'people'
  readonly ids: Uint8Array
  readonly names: readonly string[]
}

interface TitlesChunk {
  readonly kind: 'titles'
  readonly ids: Uint8Array
  readonly titles: readonly string[]
  /** Indexes of shared values. */
  readonly traits: readonly number[]
  readonly genres: readonly number[]
  readonly years: ReadonlyArray<number | null>
  readonly popularities: readonly number[]
  readonly revisions: readonly number[]
  readonly addedAt: readonly number[]
  readonly releaseDates: readonly PackedDate[]
  readonly externalIds: ReadonlyArray<string | null>
  readonly posterUrls: ReadonlyArray<string | null>
  readonly backdropUrls: ReadonlyArray<string | null>
  readonly placeholders: ReadonlyArray<Placeholders | null>
  /** Indexes of the people of all titles, one title after the other. */
  readonly people: Uint32Array
  readonly peopleCounts: Uint16Array
  readonly leadingCounts: readonly number[]
  readonly rare: ReadonlyArray<RareTitleFields | null>
  /** Runtime of a movie. */
  readonly runtimes: ReadonlyArray<number | null>
  /** Number of episodes of a show; -1 for a movie. */
  readonly episodeCounts: readonly number[]
  readonly episodes: EpisodeColumns
}

interface EpisodeColumns {
  readonly ids: Uint8Array
  readonly seasons: readonly number[]
  readonly numbers: readonly number[]
  readonly names: readonly string[]
  readonly runtimes: ReadonlyArray<number | null>
  readonly airDates: readonly PackedDate[]
  readonly rare: ReadonlyArray<RareEpisodeFields | null>
}

type Chunk = SharedChunk | PeopleChunk | TitlesChunk

/** The state must not change until the last chunk was taken. */
export function* toTitleChunks ({ titles, traits, genres, people }: CatalogueState): Generator<Chunk> {
  const [sharedTraits, sharedGenres] = [indexValues(traits.values()), indexValues(genres.values())]
  yield { kind: 'shared', traits: [...sharedTraits.keys()], genres: [...sharedGenres.keys()] }
  const persons = indexValues<object>(people.byId.values())
  for (const batch of batches(people.byId.values(), PEOPLE_PER_CHUNK)) {
    yield { kind: 'people', ids: toIdBytes(batch), names: batch.map(({ name }) => name) }
  }
  const indexOf = <T>(indexes: ReadonlyMap<T, number>, value: T): number => {
    const index = indexes.get(value)
    if (index === undefined) throw new Error('the catalogue changed while it was written')
    return index
  }
  for (const batch of batches(titles.values(), TITLES_PER_CHUNK)) {
    yield {
      kind: 'titles',
      ids: toIdBytes(batch),
      titles: batch.map(({ title }) => title),
      traits: batch.map((title) => indexOf(sharedTraits, title.traits)),
      genres: batch.map((title) => indexOf(sharedGenres, title.genreLists)),
      years: batch.map(({ year }) => year),
      popularities: batch.map(({ popularity }) => popularity),
      revisions: batch.map(({ revision }) => revision),
      addedAt: batch.map(({ addedAtMs }) => addedAtMs),
      releaseDates: batch.map(({ packedReleaseDate }) => packedReleaseDate),
      externalIds: batch.map(({ packedExternalIds }) => packedExternalIds),
      posterUrls: batch.map(({ posterUrl }) => posterUrl),
      backdropUrls: batch.map(({ backdropUrl }) => backdropUrl),
      placeholders: batch.map(({ placeholders }) => placeholders),
      people: Uint32Array.from(batch.flatMap(({ credits }) => credits.map((one) => indexOf<object>(persons, one)))),
      peopleCounts: Uint16Array.from(batch, ({ credits }) => credits.length),
      leadingCounts: batch.map(({ leadingCount }) => leadingCount),
      rare: batch.map(({ rareOrNull }) => rareOrNull),
      runtimes: batch.map(({ content }) => typeof content === 'number' ? content : null),
      episodeCounts: batch.map(({ episodes }) => episodes?.length ?? -1),
      episodes: toEpisodeColumns(batch),
    }
  }
}

function toEpisodeColumns (titles: readonly CompactTitle[]): EpisodeColumns {
  const episodes = titles.flatMap((title) => title.episodes ?? [])
  return {
    ids: toIdBytes(episodes),
    seasons: episodes.map(({ season }) => season),
    numbers: episodes.map(({ episode }) => episode),
    names: episodes.map(({ name }) => name),
    runtimes: episodes.map(({ runtimeMs }) => runtimeMs),
    airDates: episodes.map(({ packedAirDate }) => packedAirDate),
    rare: episodes.map(({ rareOrNull }) => rareOrNull),
  }
}

/** A state with the titles of the chunks, without media and collections. */
export function restoreTitles (chunks: Iterable<unknown>): CatalogueState {
  const state = createState()
  const persons: IndexedPerson[] = []
  let shared: SharedChunk = { kind: 'shared', traits: [], genres: [] }
  for (const chunk of chunks as Iterable<Chunk>) {
    switch (chunk.kind) {
      case 'shared':
        shared = { ...chunk, traits: chunk.traits.map((traits) => internTraits(traits, state)) }
        for (const genres of chunk.genres) state.genres.set(genres.genres.join('\n'), genres)
        break
      case 'people':
        for (const [i, name] of chunk.names.entries()) {
          persons.push(restorePerson(state.people, readId(chunk.ids, i), name))
        }
        break
      case 'titles':
        restoreChunk(state, chunk, shared, persons)
    }
  }
  compactPeople(state.people)
  return state
}

function restoreChunk (
  state: CatalogueState,
  chunk: TitlesChunk,
  shared: SharedChunk,
  persons: readonly IndexedPerson[],
): void {
  let [personAt, episodeAt] = [0, 0]
  for (const [i, text] of chunk.titles.entries()) {
    const id = readId(chunk.ids, i)
    const credits: IndexedPerson[] = []
    for (const end = personAt + at(chunk.peopleCounts, i); personAt < end; personAt++) {
      const person = at(persons, at(chunk.people, personAt))
      person.titleIds.push(id)
      credits.push(person)
    }
    const episodeCount = at(chunk.episodeCounts, i)
    const title = new CompactTitle({
      id,
      title: text,
      traits: at(shared.traits, at(chunk.traits, i)),
      genres: at(shared.genres, at(chunk.genres, i)),
      year: at(chunk.years, i),
      popularity: at(chunk.popularities, i),
      revision: at(chunk.revisions, i),
      addedAt: at(chunk.addedAt, i),
      releaseDate: at(chunk.releaseDates, i),
      externalIds: at(chunk.externalIds, i),
      posterUrl: at(chunk.posterUrls, i),
      backdropUrl: at(chunk.backdropUrls, i),
      placeholders: at(chunk.placeholders, i),
      // The copy reserves no memory for more people.
      credits: credits.slice(),
      leadingCount: at(chunk.leadingCounts, i),
      rare: internMarkers(at(chunk.rare, i), state),
      content: episodeCount < 0
        ? at(chunk.runtimes, i)
        : restoreEpisodes(state, chunk.episodes, episodeAt, episodeAt += episodeCount),
    })
    state.titles.set(id, title)
    for (const episode of title.episodes ?? []) state.episodes.set(episode.id, episode)
  }
}

function restoreEpisodes (state: CatalogueState, columns: EpisodeColumns, from: number, to: number): EpisodeFields[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const i = from + offset
    return {
      id: readId(columns.ids, i),
      season: at(columns.seasons, i),
      episode: at(columns.numbers, i),
      name: at(columns.names, i),
      runtimeMs: at(columns.runtimes, i),
      airDate: at(columns.airDates, i),
      rare: internMarkers(at(columns.rare, i), state),
    }
  })
}

function internMarkers<T extends { readonly markers: RareTitleFields['markers'] }> (
  rare: (T & { readonly translations: readonly CatalogueTranslation[] }) | null,
  { interned }: CatalogueState,
): T | null {
  return rare === null ? null : { ...rare, markers: internValue(rare.markers, interned) }
}

/** @throws RangeError for an index that a complete chunk has */
function at<T> (list: ArrayLike<T>, index: number): T {
  if (index >= list.length) throw new RangeError('a chunk of the catalogue is incomplete')
  return list[index] as T
}

function indexValues<T> (values: Iterable<T>): Map<T, number> {
  const indexes = new Map<T, number>()
  for (const value of values) indexes.set(value, indexes.size)
  return indexes
}

function* batches<T> (values: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = []
  for (const value of values) {
    if (batch.push(value) < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function toIdBytes (values: ReadonlyArray<{ readonly id: string }>): Uint8Array {
  return Buffer.from(values.map(({ id }) => id).join(''), 'hex')
}

function readId (bytes: Uint8Array, index: number): string {
  const id = Buffer.from(bytes.buffer, bytes.byteOffset + index * ID_BYTES, ID_BYTES).toString('hex')
  if (id.length !== 2 * ID_BYTES) throw new RangeError('a chunk of the catalogue is incomplete')
  return id
}
