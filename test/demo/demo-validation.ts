// Checks the fields of demo titles.
import type { DemoTitle } from '../../src/demo/demo-titles.js'
import { MATURITY_RATINGS } from '../../src/domain/maturity.js'

export const OBJECT_ID = /^[0-9a-f]{24}$/
const FULL_DATE = /^\d{4}-\d{2}-\d{2}$/
const GENRES = [
  'Action',
  'Adventure',
  'Animation',
  'Comedy',
  'Documentary',
  'Drama',
  'Family',
  'Fantasy',
  'History',
  'Horror',
  'Music',
  'Musical',
  'Romance',
  'Science Fiction',
  'Superhero',
  'Thriller',
  'War',
  'Western',
]
/** Wrongly decoded letters, control characters, HTML entities, and superfluous whitespace. */
// eslint-disable-next-line no-control-regex
const DAMAGED_TEXT = /[\u0000-\u001f\u007f-\u009fÃÂÈÍÎÛËÙÖΩ‡‰·˘�]|&[a-z]+;|""|^\s|\s$|\s\s/u

export function hasDamagedText (text: string): boolean {
  return DAMAGED_TEXT.test(text)
}

export function isRealDate (text: string): boolean {
  return FULL_DATE.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
}

/** Returns one message for each invalid field. */
export function findInvalidFields (title: DemoTitle): string[] {
  const credits = [...title.cast, ...title.crew].flatMap(({ name, role }) => [name, role])
  const texts = [title.title, title.originalTitle, title.synopsis, ...credits].filter((text) => text !== null)
  const hasInvalidValue = {
    id: !OBJECT_ID.test(title.id),
    title: title.title.trim() === '',
    text: texts.some((text) => text === '' || hasDamagedText(text)),
    year: title.year !== null && !(Number.isInteger(title.year) && title.year >= 1900 && title.year <= 2030),
    releaseDate: title.releaseDate !== null &&
      !(isRealDate(title.releaseDate) && title.releaseDate.startsWith(`${title.year}-`)),
    genres: new Set(title.genres).size !== title.genres.length || title.genres.some((genre) => !GENRES.includes(genre)),
    rating: title.maturityRating !== null && !MATURITY_RATINGS.includes(title.maturityRating),
    language: title.originalLanguage !== null && !/^[a-z]{2}$/.test(title.originalLanguage),
    imdb: title.externalIds.imdb !== undefined && !/^tt\d{7,8}$/.test(title.externalIds.imdb),
    popularity: !(Number.isInteger(title.popularity) && title.popularity >= 0),
  }
  return Object.entries(hasInvalidValue).filter(([, isInvalid]) => isInvalid)
    .map(([field]) => `${title.title} (${title.year}): ${field}`)
}
