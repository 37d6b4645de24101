// Recognises the title, the episodes and the edition in the names of media files and of the folders around them.
import path from 'node:path'
import { parseTorrentTitle } from '@viren070/parse-torrent-title'
import type { SubtitleKind } from '../../domain/language-choice.js'
import { recogniseSubtitleSuffix, toLanguage } from './subtitle-suffix.js'

export type FileKind = 'video' | 'subtitle' | 'picture-subtitle' | 'audio' | 'extra' | 'other'

/** A name that a title may have, with its year; null: not stated. */
export interface NameCandidate {
  readonly name: string
  readonly year: number | null
}

export interface RecognisedFile {
  readonly kind: FileKind
  /** Most likely first; empty: no name was recognised. */
  readonly names: readonly NameCandidate[]
  readonly imdb: string | null
  readonly tmdb: string | null
  /** Null: not stated. 0: specials. */
  readonly season: number | null
  /** As the name states them; several for a file with several episodes, empty for a movie. */
  readonly episodes: readonly number[]
  /** Its episodes belong to several seasons; `season` and the first of `episodes` are those of its start. */
  readonly isAcrossSeasons: boolean
  /** Date of the first broadcast of the episode, instead of its number: `2024-03-05`; null: not stated. */
  readonly airDate: string | null
  readonly edition: string | null
  /** Of the subtitle, or of the audio of a video; BCP 47. */
  readonly language: string | null
  readonly subtitleKind: SubtitleKind
}

const VIDEO = /\.(?:mp4|m4v|mov|mkv|webm|ts|m2ts|mts|mpg|mpeg|vob|avi|wmv|flv|ogv|3gp|mxf)$/i
const AUDIO = /\.(?:m4a|mp3|flac|aac|wav|ogg|opus|e?ac3|dts|mka)$/i
const SUBTITLE = /\.(?:srt|vtt|ass|ssa)$/i
const PICTURE_SUBTITLE = /\.(?:sup|idx|sub)$/i
/** Names that media centres use for files beside the movie. Short and Interview end the names of movies too. */
const EXTRA = /(?:^|[ ._-])(?:sample|trailer|featurette|behindthescenes)\d*$|[^ ]-(?:deleted|interview|short)\d*$/i
const EXTRA_FOLDER = /^(?:samples?|trailers?|extras?|featurettes?|behind the scenes|deleted scenes|interviews)$/i
/** Music that media centres play beside a title: `theme.mp3`, `theme-music/01.mp3`. */
const THEME = /^theme(?:[ -]?music|\d*)$/i
const SEASON_FOLDER = /^(?:season|series|staffel|temporada|saison|s)[ ._-]*(\d{1,3})\b/i
const SPECIALS_FOLDER = /^specials$/i
const SUBTITLE_FOLDER = /^sub(?:title)?s$/i
/** `02 - Pilot`, `E02`: only in the folder of a season. */
const BARE_EPISODE = /^(?:e|ep|episode)?[ ._-]*(\d{1,4})(?!\d)/i
const IMDB_ID = /\bimdb(?:id)?[-=](tt\d{7,9})\b/i
const TMDB_ID = /\btmdb(?:id)?[-=](\d{1,9})\b/i
const EDITION_TAG = /\{edition-([^{}]{1,100})\}/i
const ID_TAGS = /[[{(](?:imdb|tmdb|tvdb)(?:id)?[-=]\w+[\])}]/gi
/** `[Roadshow]` after the year, unless it states technical facts. */
const BRACKETS_AFTER_YEAR = /\((?:19|20)\d\d\)[^[]*\[([^[\]]{2,100})\]/

/** @param file path below the folder that was named, or the path that was named */
export function recogniseFile (file: string): RecognisedFile {
  const { name: stem, base } = path.parse(file)
  const folders = path.dirname(file).split(path.sep).filter((one) => one !== '' && one !== '.' && one !== '..')
  const kind = fileKind(base, stem, folders)
  const suffix = kind === 'subtitle' ? recogniseSubtitleSuffix(stem) : { stem, language: null, kind: 'full' as const }
  const parsed = parseName(suffix.stem)
  const season = parsed.season ?? findSeason(folders)
  const bare = parsed.season === null && season !== null ? BARE_EPISODE.exec(suffix.stem) : null
  const episodes = bare === null ? parsed.episodes : listBareEpisodes(suffix.stem, Number(bare[1]))
  const titleFolder = folders.toReversed().find((one) => !isStructural(one)) ?? null
  const isNamedByFolder = bare !== null || parsed.names.length === 0
  const folder = titleFolder === null ? null : parseFolderName(titleFolder)
  return {
    kind,
    names: isNamedByFolder ? folder?.names ?? [] : parsed.names,
    imdb: parsed.imdb ?? folder?.imdb ?? null,
    tmdb: parsed.tmdb ?? folder?.tmdb ?? null,
    season,
    episodes,
    isAcrossSeasons: parsed.isAcrossSeasons,
    airDate: episodes.length === 0 ? parsed.airDate : null,
    edition: parsed.edition,
    language: kind === 'subtitle' ? suffix.language : parsed.language,
    subtitleKind: suffix.kind,
  }
}

function fileKind (base: string, stem: string, folders: readonly string[]): FileKind {
  if (PICTURE_SUBTITLE.test(base)) return 'picture-subtitle'
  if (SUBTITLE.test(base)) return 'subtitle'
  if (!VIDEO.test(base) && !AUDIO.test(base)) return 'other'
  if (EXTRA.test(stem) || folders.some((one) => EXTRA_FOLDER.test(one))) return 'extra'
  if (VIDEO.test(base)) return 'video'
  return [stem, ...folders].some((one) => THEME.test(one)) ? 'extra' : 'audio'
}

const isStructural = (folder: string): boolean =>
  [SEASON_FOLDER, SPECIALS_FOLDER, SUBTITLE_FOLDER].some((pattern) => pattern.test(folder))

function findSeason (folders: readonly string[]): number | null {
  for (const folder of folders.toReversed()) {
    if (SPECIALS_FOLDER.test(folder)) return 0
    const season = SEASON_FOLDER.exec(folder)
    if (season !== null) return Number(season[1])
  }
  return null
}

/** `M.1931`, `Z 1969`: the parser finds no year there. */
const SHORT_NAME_WITH_YEAR = /^([a-z])[ ._]((?:19|20)\d\d)(?:[ ._]|$)/i

/** Dates that do not start with the year may have day and month in any order. */
const DATE = /(?<!\d)(?:19|20)\d\d[ ._-]\d\d[ ._-]\d\d(?!\d)/

const withoutTags = (name: string): string => name.replace(ID_TAGS, ' ').replace(EDITION_TAG, ' ')

interface EpisodeRun extends Pick<RecognisedFile, 'season' | 'episodes' | 'isAcrossSeasons'> {}

interface ParsedName extends EpisodeRun, Pick<RecognisedFile, 'names' | 'imdb' | 'tmdb' | 'airDate' | 'edition'> {
  readonly language: string | null
}

function parseName (name: string): ParsedName {
  const text = withoutTags(name)
  const parsed = parseTorrentTitle(text)
  const { seasons = [], episodes = [] } = parsed
  const airDate = DATE.test(text) ? parsed.date ?? null : null
  const [, letter, yearOfLetter] = airDate === null ? SHORT_NAME_WITH_YEAR.exec(text) ?? [] : []
  const title = letter ?? parsed.title ?? ''
  const year = Number(yearOfLetter ?? parsed.year ?? 0) || null
  const whole = year === null ? null : findWholeName(text, year)
  // What a certain name contains is no fact about the file.
  const facts = whole?.isCertain === true ? parseTorrentTitle(`Name ${text.slice(whole.end)}`) : parsed
  const { editions, unrated, languages = [] } = facts
  const [season = null] = seasons
  const run = findEpisodeRun(text)
  const isRun = run !== null && run.episodes[0] === episodes[0] && (run.season ?? season) === season
  const [language = null, ...otherLanguages] = languages
  return {
    // `S01E01-E02` and `1x02`: the title is that of a folder.
    names: listNames(text.trimStart().search(EPISODE_NUMBER) === 0 ? '' : title.trim(), year, whole),
    imdb: IMDB_ID.exec(name)?.[1] ?? null,
    tmdb: TMDB_ID.exec(name)?.[1] ?? null,
    season,
    episodes: isRun ? run.episodes : episodes,
    isAcrossSeasons: isRun && run.isAcrossSeasons,
    airDate,
    edition: EDITION_TAG.exec(name)?.[1]?.trim() ?? findEdition(editions, unrated === true, text),
    // The parser also returns values such as `multi audio`.
    language: otherLanguages.length === 0 && language !== null ? toLanguage(language) : null,
  }
}

/** A folder that is named after a title and nothing else, with spaces: no words are technical there. */
const PLAIN_NAME = /^[^._[\](){}]+$/

function parseFolderName (folder: string): Pick<ParsedName, 'names' | 'imdb' | 'tmdb'> {
  const parsed = parseName(folder)
  const text = withoutTags(folder).trim()
  if (!PLAIN_NAME.test(text) || parsed.names.some(({ year }) => year !== null)) return parsed
  return { ...parsed, names: [{ name: text, year: null }, ...parsed.names.filter(({ name }) => name !== text)] }
}

/** The year may be a part of the name, as in Blade Runner 2049. */
function listNames (name: string, year: number | null, whole: WholeName | null): NameCandidate[] {
  if (year === null) return name === '' ? [] : [{ name, year }]
  const found = whole === null ? [name] : [name, whole.name]
  if (whole?.isCertain === true) found.reverse()
  const names = [...new Set(found)].filter((one) => one !== '')
  if (names.length === 0) return [{ name: String(year), year: null }]
  return [...names.map((one) => ({ name: one, year })), { name: `${names[0] ?? ''} ${year}`, year: null }]
}

const EPISODE_NUMBER = /\bs\d{1,3}[ ._-]*e\d|\b\d{1,3}x\d{1,4}\b/i
/** `S01E01E02`, `S01E01-S01E03`, `1x01-1x02`, `E01 & E02`. The parser takes some of them for a range or one episode. */
const EPISODE_RUN = /(?<![a-z0-9])(?:[ ._+&,-]*(?:(?:s\d{1,3}[ ._-]*)?e|\d{1,2}x)\d{1,4}){2,}(?!\d)/i
const EPISODE_OF_RUN = /([ ._+&,-]*)(?:(?:s(\d{1,3})[ ._-]*)?e|(\d{1,2})x)(\d{1,4})/gi

/** @returns null for a name that states one episode, or none */
function findEpisodeRun (text: string): EpisodeRun | null {
  const [run] = EPISODE_RUN.exec(text) ?? []
  if (run === undefined) return null
  const seasons = new Set<number>()
  const episodes: number[] = []
  for (const [, separator = '', s, x, number] of run.matchAll(EPISODE_OF_RUN)) {
    const stated = s ?? x
    if (stated !== undefined) seasons.add(Number(stated))
    const episode = Number(number)
    const last = episodes.at(-1)
    if (episode === last) continue
    const isRange = last !== undefined && last < episode && separator.includes('-') && seasons.size < 2
    for (let next = isRange ? last + 1 : episode; next <= episode; next++) episodes.push(next)
  }
  const [season = null] = seasons
  return { season, episodes, isAcrossSeasons: seasons.size > 1 }
}

/** Episodes of a name that starts with the number of the first one. */
function listBareEpisodes (stem: string, first: number): readonly number[] {
  const run = findEpisodeRun(stem)
  return run?.episodes[0] === first ? run.episodes : [first]
}

/** `[Group] ` at the start. */
const LEADING_BRACKETS = /^\s*\[[^\]]*\]/

interface WholeName {
  readonly name: string
  /** Before a year in parentheses, as media centres recommend. */
  readonly isCertain: boolean
  /** Where the name ends in the text. */
  readonly end: number
}

/** The text before the year. The parser leaves out words that are technical elsewhere: HDR, Proper, Remastered. */
function findWholeName (text: string, year: number): WholeName | null {
  const inParentheses = text.indexOf(`(${year})`)
  const end = inParentheses === -1 ? text.lastIndexOf(String(year)) : inParentheses
  const before = text.slice(0, Math.max(0, end)).replace(LEADING_BRACKETS, '')
  const name = before.replace(/[._]+/g, ' ').replace(/\s+/g, ' ').replace(/^[\s-]+|[\s([-]+$/g, '')
  return name === '' || EPISODE_NUMBER.test(before) ? null : { name, isCertain: inParentheses !== -1, end }
}

function findEdition (editions: readonly string[] = [], isUnrated: boolean, text: string): string | null {
  if (editions.length > 0) return editions.join(', ')
  if (isUnrated) return 'Unrated'
  const [, label] = BRACKETS_AFTER_YEAR.exec(text) ?? []
  if (label === undefined) return null
  const { title, group, ...facts } = parseTorrentTitle(`Name ${label}`)
  return Object.keys(facts).length === 0 ? label.trim() : null
}
