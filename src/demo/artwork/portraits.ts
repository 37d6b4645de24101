// The pictures of people in the demo: figures in colours that derive from the ID of the person.
import { derivePersonId } from '../../catalogue/store/people-index.js'
import { slugify } from '../../domain/text.js'
import type { DemoMovie, DemoShow } from '../demo-titles.js'
import { createRandom, pick, toPage, type ArtworkSize } from './artwork.js'

/** Pixels. */
export const PORTRAIT_SIZE: ArtworkSize = { width: 240, height: 240 }
/** Of each title. */
const CAST_WITH_PORTRAIT = 4

/** Ground from the top left to the bottom right, and the figure. */
const COLOURS: ReadonlyArray<readonly [from: string, to: string, figure: string]> = [
  ['#27496d', '#0c1c33', '#9cc3e6'],
  ['#6b3fa0', '#1d1235', '#cdb4f0'],
  ['#0f5c5c', '#07211f', '#8fdcc8'],
  ['#a5503c', '#2c1210', '#ffc9a8'],
  ['#55606e', '#171b21', '#d5dde6'],
  ['#8a2f57', '#250d1c', '#f7b3ce'],
  ['#6d6a1f', '#1f1d08', '#efe69a'],
]

export interface DemoPerson {
  /** ID in the catalogue. */
  readonly id: string
  readonly name: string
}

/** The leading cast of titles. */
export function listPeopleWithPortrait (titles: ReadonlyArray<DemoMovie | DemoShow>): DemoPerson[] {
  const names = new Set(titles.flatMap(({ cast }) => cast.slice(0, CAST_WITH_PORTRAIT).map(({ name }) => name)))
  const people = [...names].map((name) => ({ id: derivePersonId({ name }), name }))
  return [...new Map(people.map((person) => [person.id, person])).values()]
}

/** Name of the file of a person. */
export function portraitName ({ name }: DemoPerson): string {
  return `person.${slugify(name)}.webp`
}

/** A page with the picture of a person. A figure without features: a face would show a real person as another. */
export function drawPortrait ({ id }: DemoPerson): string {
  const random = createRandom(Number.parseInt(id.slice(0, 8), 16))
  const [from, to, figure] = pick(COLOURS, random)
  const { width, height } = PORTRAIT_SIZE
  const centre = Math.round(60 + random() * 120)
  const rings = Array.from({ length: 5 }, (_, i) => {
    const radius = 40 + i * 34
    return `<circle cx="${centre}" cy="${Math.round(20 + random() * 90)}" r="${radius}"/>`
  })
  return toPage(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 240 240"><defs>` +
      `<linearGradient id="ground" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${from}"/>` +
      `<stop offset="1" stop-color="${to}"/></linearGradient><linearGradient id="figure" x1="0" y1="0" x2="0" y2="1">` +
      `<stop offset="0" stop-color="${figure}"/><stop offset="1" stop-color="${from}"/></linearGradient></defs>` +
      `<rect width="240" height="240" fill="url(#ground)"/>` +
      `<g fill="none" stroke="${figure}" stroke-width="5" opacity="0.22">${rings.join('')}</g>` +
      '<g fill="url(#figure)"><ellipse cx="120" cy="104" rx="43" ry="50"/>' +
      '<path d="M30 250q2 -78 66 -82q24 18 48 0q64 4 66 82z"/></g></svg>',
    '',
  )
}
