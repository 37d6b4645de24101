// Parses the titles of Netflix's viewing activity. A title text alone does not tell a show from a movie with a colon,
// so the result is a list of interpretations.
import type { ParsedTitle } from './match-title.js'

/** Words for a season in the languages of Netflix's files. */
const SEASON_WORDS = 'season|series|staffel|saison|temporada|stagione|seizoen|sezon|säsong|sæson|sesong|kausi|évad'
/** Words that replace the season, but are not always numbered like one. */
const PART_WORDS = 'part|parte|partie|teil|deel|volume|volumen|vol\\.?|book|buch|collection'
const EPISODE_WORDS = 'episode|ep\\.?|épisode|episodio|episódio|folge|aflevering|odcinek|avsnitt|afsnit|jakso'
const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

const SEASON = new RegExp(
  `^(?:(?<season>${SEASON_WORDS})|(?:${PART_WORDS}))\\s+(?<number>\\d{1,4}|${NUMBERS.join('|')})(?:\\s*\\([^)]*\\))?$`,
  'iu',
)
const LIMITED_SERIES =
  /^(limited[ -]series|mini-?series?|miniserie|mini-?série|série limitée|serie limitada|minissérie)$/iu
const EPISODE_SUFFIX = new RegExp(`\\s*\\((?:${EPISODE_WORDS})\\s+(?<number>\\d{1,5})\\)$`, 'iu')
const EPISODE_ALONE = new RegExp(`^(?:${EPISODE_WORDS})\\s+(?<number>\\d{1,5})$`, 'iu')
const YEAR_SUFFIX = /\s*\((?<year>(?:19|20)\d{2})\)$/u
/** Bounds of a title text, so that hostile input stays cheap. */
const MAX_SEGMENTS = 12
const MAX_NAME_CHARS = 500

/**
 * Parses a title text into interpretations, the most likely first: `Breaking Bad: Season 1: Pilot (Episode 1)`,
 * `Show: Limited Series: Name (Episode 3)`, `Show: Name`, or a movie, whose name may contain colons too.
 */
export function parseNetflixTitle (text: string): ParsedTitle[] {
  const name = text.slice(0, MAX_NAME_CHARS).trim().replace(/\s+/gu, ' ')
  const segments = name.split(/\s*:\s+|\s*：\s*/u).filter((segment) => segment !== '').slice(0, MAX_SEGMENTS)
  const bySeason = segments.flatMap((segment, index) => index === 0 ? [] : parseAtSeason(segments, segment, index))
  return [...parseMovie(name), ...bySeason, ...(bySeason.length > 0 ? [] : parseWithoutSeason(segments))]
}

function parseMovie (name: string): ParsedTitle[] {
  const movie: ParsedTitle = {
    kind: 'movie',
    titleName: name,
    year: null,
    season: null,
    episode: null,
    episodeNames: [],
    isSeasonCertain: false,
  }
  const year = YEAR_SUFFIX.exec(name)?.groups?.['year']
  return year === undefined
    ? [movie]
    : [movie, { ...movie, titleName: name.replace(YEAR_SUFFIX, ''), year: Number(year) }]
}

function parseAtSeason (segments: readonly string[], segment: string, index: number): ParsedTitle[] {
  const groups = SEASON.exec(segment)?.groups
  const isLimited = LIMITED_SERIES.test(segment)
  if (groups === undefined && !isLimited) return []
  return [{
    kind: 'show',
    titleName: segments.slice(0, index).join(': '),
    year: null,
    season: isLimited ? 1 : parseNumber(groups?.['number'] ?? ''),
    ...parseEpisode(segments.slice(index + 1)),
    isSeasonCertain: groups?.['season'] !== undefined,
  }]
}

/** Each colon may separate the show from its episode; the longest name of a show comes first. */
function parseWithoutSeason (segments: readonly string[]): ParsedTitle[] {
  return segments.slice(1).map((_, i) => {
    const index = segments.length - 1 - i
    return {
      kind: 'show',
      titleName: segments.slice(0, index).join(': '),
      year: null,
      season: null,
      ...parseEpisode(segments.slice(index)),
      isSeasonCertain: false,
    }
  })
}

/** The name of a season may precede the name of the episode: `Coven: Bitchcraft`. */
function parseEpisode (segments: readonly string[]): Pick<ParsedTitle, 'episode' | 'episodeNames'> {
  const text = segments.join(': ')
  const number = EPISODE_SUFFIX.exec(text)?.groups?.['number']
  const names = text.replace(EPISODE_SUFFIX, '').split(': ')
  const episodeNames = names.map((_, i) => names.slice(i).join(': ')).filter((name) => name !== '')
  const numberAlone = EPISODE_ALONE.exec(episodeNames.at(-1) ?? '')?.groups?.['number']
  const episode = number ?? numberAlone
  return { episode: episode === undefined ? null : Number(episode), episodeNames }
}

function parseNumber (text: string): number {
  const index = NUMBERS.indexOf(text.toLowerCase())
  return index === -1 ? Number(text) : index + 1
}
