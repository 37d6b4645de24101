// Genres in queries: the words by which people and catalogues name them, such as `sci fi` and `romcom`.
import { editDistance, maxEdits } from '../domain/text.js'
import { combineRestrictions, findRestriction, type Restriction, type RestrictionMention } from './restrictions.js'
import { tokenise } from './tokenise.js'

/** Names of the same genre, in the languages of common catalogues. */
const SAME_GENRES = [
  'science fiction|sci fi|scifi|sf|syfy|ciencia ficcion|ficcao cientifica|fantascienza',
  'comedy|comedies|funny|humor|humour|sitcom|sitcoms|komodie|komodien|comedia|comedias|comedie|commedia|commedie',
  'romance|romances|romantic|romantik|romantica|love story|love stories',
  'family|kids|kid|children|childrens|child|for kids|for children|familie|familia|infantil|kinder|kinderfilm|enfants',
  'animation|animated|cartoon|cartoons|zeichentrick|animacion|animacao|dessin anime',
  'anime|animes',
  'horror|scary|horrorfilm|terror|horreur|epouvante',
  'thriller|thrillers|suspense',
  'documentary|documentaries|docu|docs|docuseries|doku|dokumentarfilm|documental|documentaire|documentario',
  'action|accion|acao|azione',
  'adventure|adventures|abenteuer|aventura|aventure|avventura',
  'crime|gangster|gangsters|mafia|heist|krimi|crimen|policier',
  'mystery|mysteries|whodunit|whodunnit|detective|misterio|mystere',
  'drama|dramas|drame',
  'fantasy|fantasia|fantastique|fantastik',
  'war|wartime|kriegsfilm|guerra|guerre',
  'western|westerns|cowboy',
  'history|historical|period|historia|histoire|historisch|costume drama|period drama',
  'biography|biopic|biopics|biographical|biografia|biographie',
  'musical|musicals',
  'music|musica|musik|musique|concert|concerts',
  'superhero|superheroes|super hero|super heroes|superheroe|superheroes',
  'sport|sports|deporte|deportes',
  'film noir|noir',
  'reality|reality tv|reality show',
  'talk show|talk|late night',
  'game show|quiz|quiz show',
  'stand up|standup|stand up comedy',
  'disaster|catastrophe|katastrophenfilm',
  'short|shorts|short film|short films|kurzfilm',
]
/** Names of a combination of genres. */
const COMBINATIONS: ReadonlyArray<readonly [names: string, genres: string]> = [
  ['romcom|romcoms|rom com|rom coms|romantic comedy|romantic comedies', 'romance|comedy'],
  ['dramedy|dramedies', 'drama|comedy'],
  ['horror comedy|comedy horror', 'horror|comedy'],
  ['space opera', 'science fiction|adventure'],
]
/** Genres of which the name means shows. */
const GENRES_OF_SHOWS = new Set(['sitcom', 'sitcoms', 'docuseries', 'talk_show', 'game_show', 'quiz_show'])
/** Words beside a genre, a kind or a decade that mean nothing: `cine de terror`, `80er Jahre`. */
const FILLERS = new Set('from de del cine jahre years'.split(' '))
const MAX_WORDS = 3
/** Words of genres in the index start with this character, which no word of a text contains. */
const MARK = '#'
/** Share of the last word of a genre that must be typed. */
const MIN_TYPED_SHARE = 2 / 3
const UNFINISHED_QUALITY = 0.9
const MISSPELLED_QUALITY = 0.75
const MIN_MISSPELLED_LENGTH = 5

const keyOf = (words: readonly string[]): string => words.join('_')
const wordsOf = (name: string): string[] => tokenise(name).map(({ word }) => word)
const genreWord = (key: string): string => MARK + key

/** Key of the first name, by the key of each name. */
const sameGenres = new Map(
  SAME_GENRES.flatMap((line) => {
    const keys = line.split('|').map((name) => keyOf(wordsOf(name)))
    return keys.map((key) => [key, keys[0] ?? key] as const)
  }),
)
const combinations = new Map(
  COMBINATIONS.flatMap(([names, genres]) =>
    names.split('|').map((name) => [keyOf(wordsOf(name)), genres.split('|').map((one) => keyOf(wordsOf(one)))] as const)
  ),
)
const knownKeys = [...sameGenres.keys(), ...combinations.keys()]
/** By the name of a genre: a catalogue has few. */
const wordsByName = new Map<string, readonly string[]>()
const MAX_REMEMBERED_NAMES = 10_000

/** The words of a genre in the index: `Sci-Fi & Fantasy` is two genres. */
export function toGenreWords (name: string): readonly string[] {
  const known = wordsByName.get(name)
  if (known !== undefined) return known
  const keys = [name, ...name.split(/[&/,]| and /i)].map((part) => keyOf(wordsOf(part))).filter((key) => key !== '')
  const words = [...new Set(keys.flatMap((key) => combinations.get(key) ?? [sameGenres.get(key) ?? key]))]
    .map(genreWord)
  if (wordsByName.size < MAX_REMEMBERED_NAMES) wordsByName.set(name, words)
  return words
}

/** A part of a query that names genres: a title has all of them. */
export interface GenreMention {
  readonly words: readonly string[]
  readonly quality: number
}

/** A query that names genres, kinds or decades. */
export interface QueryFilters {
  /** Words that name none of these. */
  readonly words: readonly string[]
  readonly genres: readonly GenreMention[]
  readonly restriction: Restriction
  /** Words of the restriction, which are not misspelled titles. */
  readonly restrictionWords: ReadonlySet<string>
}

/**
 * Finds the genres, kinds and decades in a query, longest names first.
 * @param isGenre whether the catalogue has a genre, by its word in the index
 * @param isKnown whether a word occurs in the catalogue: it is not misspelled
 * @returns null if the query names none, or consists of words such as `movie`, which are the beginning of names
 */
export function findFilters (
  typed: readonly string[],
  { isGenre, isKnown }: { isGenre(word: string): boolean, isKnown(word: string): boolean },
): QueryFilters | null {
  const words: string[] = []
  const genres: GenreMention[] = []
  const restrictions: Array<Pick<RestrictionMention, 'kind' | 'decades' | 'isComplete'>> = []
  const restrictionWords = new Set<string>()
  for (let at = 0; at < typed.length;) {
    const [length, genre] = longestMention(at)
    const restriction = genre === null ? findRestriction(typed, at) : null
    const consumed = restriction?.length ?? length
    const names = typed.slice(at, at + consumed)
    if (genre !== null) {
      genres.push(genre)
      if (GENRES_OF_SHOWS.has(keyOf(names))) restrictions.push({ kind: 'show', decades: [], isComplete: true })
    } else if (restriction !== null) {
      restrictions.push(restriction)
      for (const name of names) restrictionWords.add(name)
    } else words.push(...names)
    at += consumed
  }
  const isMeant = restrictions.some(({ isComplete }) => isComplete) || (restrictions.length > 0 && words.length > 0)
  if (genres.length === 0 && !isMeant) return null
  return {
    words: words.filter((word) => !FILLERS.has(word)),
    genres,
    restriction: combineRestrictions(restrictions),
    restrictionWords,
  }

  function longestMention (at: number): [length: number, mention: GenreMention | null] {
    for (let length = Math.min(MAX_WORDS, typed.length - at); length > 0; length--) {
      const key = keyOf(typed.slice(at, at + length))
      const mention = toMention(key, 1) ?? (at + length === typed.length ? completeMention(key) : null)
      if (mention !== null) return [length, mention]
    }
    const word = typed[at] ?? ''
    const isCorrectable = word.length >= MIN_MISSPELLED_LENGTH && !isKnown(word)
    return [1, isCorrectable ? correctedMention(word) : null]
  }

  function toMention (key: string, quality: number): GenreMention | null {
    const words = (combinations.get(key) ?? [sameGenres.get(key) ?? key]).map(genreWord)
    return words.every(isGenre) ? { words, quality } : null
  }

  function completeMention (key: string): GenreMention | null {
    const complete = knownKeys.find((one) => one.startsWith(key) && key.length >= one.length * MIN_TYPED_SHARE)
    return complete === undefined ? null : toMention(complete, UNFINISHED_QUALITY)
  }

  function correctedMention (word: string): GenreMention | null {
    const limit = maxEdits(word.length)
    const corrected = knownKeys.find((one) => one[0] === word[0] && editDistance(word, one, limit) <= limit)
    return corrected === undefined ? null : toMention(corrected, MISSPELLED_QUALITY)
  }
}
