// The artwork of the demo: posters and logos with lettering, backdrops and stills, drawn by code. Genre and ID of a
// title decide about scene, colours and font. `npm run demo:artwork` renders them to WebP files, which the seed stores.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { slugify } from '../../domain/text.js'
import type { DemoMovie, DemoShow } from '../demo-titles.js'
import { SCENES, type Canvas, type Palette, type SceneName } from './scenes.js'

export const ARTWORK_FOLDER = fileURLToPath(new URL('../../../../src/demo/artwork/images/', import.meta.url))

/** Placeholders of the images by file name, JSON: the seed has no time to compute them. */
export const PLACEHOLDERS_FILE = path.join(ARTWORK_FOLDER, 'placeholders.json')

export interface ArtworkSize {
  readonly width: number
  readonly height: number
}

/** Pixels. */
export const POSTER_SIZE: ArtworkSize = { width: 400, height: 600 }
export const BACKDROP_SIZE: ArtworkSize = { width: 1_280, height: 720 }
export const LOGO_SIZE: ArtworkSize = { width: 640, height: 240 }
export const STILL_SIZE: ArtworkSize = { width: 480, height: 270 }

type ArtworkTitle = DemoMovie | DemoShow
type Font = 'Outfit' | 'Bebas Neue' | 'Playfair Display' | 'Fredoka' | 'Cinzel'

interface Style {
  readonly scenes: readonly SceneName[]
  readonly palettes: readonly Palette[]
  readonly font: Font
}

const palette = (top: string, bottom: string, accent: string, near: string, text: string): Palette => ({
  top,
  bottom,
  accent,
  near,
  text,
})

/** By genre; the first genre of a title that is listed decides. */
const STYLES: Readonly<Record<string, Style>> = {
  'Horror': {
    scenes: ['forest', 'shards', 'blinds'],
    palettes: [
      palette('#1b0508', '#4a0d12', '#c8201f', '#0a0305', '#f4e6d8'),
      palette('#08161a', '#12383b', '#b9d8a0', '#040a0c', '#e9f2e0'),
    ],
    font: 'Cinzel',
  },
  'Science Fiction': {
    scenes: ['orbits', 'grid', 'horizon'],
    palettes: [
      palette('#070b22', '#1c2a6b', '#ff7a45', '#0a1030', '#e8f0ff'),
      palette('#120726', '#4b1b6d', '#2fd4d0', '#14082a', '#f4e9ff'),
      palette('#04181f', '#0b4f5f', '#f3c64b', '#031015', '#e6fbff'),
    ],
    font: 'Outfit',
  },
  'Family': {
    scenes: ['hills', 'circles', 'waves'],
    palettes: [
      palette('#4db7f0', '#c6ecff', '#ffd23f', '#2e9e5b', '#ffffff'),
      palette('#ff9a5a', '#ffe0a8', '#ff5d73', '#6b3fa0', '#fff8ea'),
      palette('#2a8fb8', '#8fe3d3', '#ff8c61', '#14506e', '#fdfcf2'),
    ],
    font: 'Fredoka',
  },
  'Western': {
    scenes: ['horizon', 'road'],
    palettes: [palette('#c4532d', '#f6c177', '#ffe3a3', '#4b1d16', '#fff3dc')],
    font: 'Cinzel',
  },
  'War': {
    scenes: ['horizon', 'rays'],
    palettes: [palette('#2d3a34', '#8a8f6a', '#d9b26a', '#171d19', '#f3ecd6')],
    font: 'Cinzel',
  },
  'Romance': {
    scenes: ['circles', 'waves', 'horizon'],
    palettes: [
      palette('#f7b2ad', '#fff1e6', '#d64550', '#7d2e4d', '#fffaf3'),
      palette('#2b2350', '#8d4a86', '#ffb199', '#1a1536', '#fff0ea'),
    ],
    font: 'Playfair Display',
  },
  'Musical': {
    scenes: ['rays', 'circles'],
    palettes: [palette('#7a1fa2', '#f06292', '#ffd54f', '#38103f', '#fff8e1')],
    font: 'Playfair Display',
  },
  'Comedy': {
    scenes: ['rays', 'circles', 'hills'],
    palettes: [
      palette('#ffcf33', '#ff8f3f', '#fff0b8', '#c4382f', '#ffffff'),
      palette('#19b5a5', '#a3f0d2', '#ffe066', '#0e4d64', '#ffffff'),
      palette('#ef5d8f', '#ffc3a0', '#fff3b0', '#6a2c70', '#ffffff'),
    ],
    font: 'Fredoka',
  },
  'Thriller': {
    scenes: ['blinds', 'skyline', 'shards'],
    palettes: [
      palette('#0d1117', '#2b3544', '#e3a23c', '#05070a', '#f5efe2'),
      palette('#101418', '#3d1f24', '#e0453a', '#060708', '#f6ece6'),
    ],
    font: 'Bebas Neue',
  },
  'Action': {
    scenes: ['skyline', 'shards', 'road'],
    palettes: [
      palette('#0b1d3a', '#c2402a', '#ffb03a', '#08101f', '#fff4e0'),
      palette('#0a2a2a', '#1f7a6b', '#d6f25a', '#041414', '#f2ffe8'),
    ],
    font: 'Bebas Neue',
  },
  'Adventure': {
    scenes: ['horizon', 'waves', 'forest'],
    palettes: [
      palette('#0f4c5c', '#e9a15b', '#ffd9a0', '#0a2a33', '#fff6e6'),
      palette('#264027', '#9bb36a', '#f2d46b', '#12210f', '#fbf7e4'),
    ],
    font: 'Cinzel',
  },
  'Drama': {
    scenes: ['horizon', 'waves', 'skyline', 'blinds'],
    palettes: [
      palette('#1f2a44', '#b3675c', '#f2c38b', '#141a2c', '#fdf3e7'),
      palette('#3a2a35', '#a5765f', '#ead2ac', '#1d141b', '#fff7ea'),
      palette('#16324f', '#6d9dc5', '#f4e8c1', '#0c1c2e', '#fbfaf2'),
    ],
    font: 'Playfair Display',
  },
}
const DEFAULT_STYLE = STYLES['Drama'] as Style
const UPPERCASE_FONTS: readonly Font[] = ['Outfit', 'Bebas Neue', 'Cinzel']

/** Name of the files of a title, without extension. */
export function artworkName ({ title, year }: Pick<ArtworkTitle, 'title' | 'year'>): string {
  return slugify(`${title} ${year ?? ''}`)
}

/** Name of the file of a still. */
export function stillName (show: DemoShow, season: number, episode: number): string {
  return `${artworkName(show)}.s${season}e${episode}.still.webp`
}

function styleOf ({ genres }: ArtworkTitle): Style {
  const listed = Object.keys(STYLES).filter((name) => genres.includes(name))
  return STYLES[genres.find((name) => listed.includes(name)) ?? ''] ?? DEFAULT_STYLE
}

/** Mulberry32: the same numbers for the same title. */
export function createRandom (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const pick = <T>(values: readonly T[], random: () => number): T =>
  values[Math.floor(random() * values.length)] as T

function drawScene (
  title: ArtworkTitle,
  { width, height }: ArtworkSize,
): { readonly svg: string, readonly style: Style, readonly colours: Palette } {
  const style = styleOf(title)
  const random = createRandom(Number.parseInt(title.id.slice(0, 8), 16))
  const colours = pick(style.palettes, random)
  const canvas: Canvas = { width, height, palette: colours, random }
  const scene = SCENES[pick(style.scenes, random)](canvas)
  const gradient =
    `<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${colours.top}"/>` +
    `<stop offset="1" stop-color="${colours.bottom}"/></linearGradient>` +
    '<radialGradient id="shade" r="0.85"><stop offset="0.55" stop-opacity="0"/><stop offset="1" stop-opacity="0.55"/>' +
    '</radialGradient>'
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${gradient}</defs>` +
    `<rect width="100%" height="100%" fill="url(#sky)"/>${scene}` +
    '<rect width="100%" height="100%" fill="url(#shade)"/></svg>'
  return { svg, style, colours }
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** A page with the backdrop of a title, without lettering: apps lay their own text over it. */
export function drawBackdrop (title: ArtworkTitle): string {
  return toPage(drawScene(title, BACKDROP_SIZE).svg, '')
}

/** A page with the still of an episode: a scene in the style of its show, without lettering. */
export function drawStill (show: DemoShow, episodeId: string): string {
  return toPage(drawScene({ ...show, id: episodeId }, STILL_SIZE).svg, '')
}

/** A page with the logo of a title: its name on a clear ground. `#title` is fitted as in a poster. */
export function drawLogo (title: ArtworkTitle): string {
  const { style: { font }, colours } = drawScene(title, LOGO_SIZE)
  const transform = UPPERCASE_FONTS.includes(font) ? 'uppercase' : 'none'
  return toPage(
    '',
    `<style>
    #box { width: ${LOGO_SIZE.width}px; height: ${LOGO_SIZE.height}px; display: flex; align-items: end }
    #title { font: 800 84px/1.04 '${font}'; text-transform: ${transform}; color: ${colours.text};
      padding: 0 12px 10px; text-shadow: 0 3px 10px rgb(0 0 0 / .6); text-wrap: balance }
    #title::first-letter { color: color-mix(in srgb, ${colours.accent} 70%, white) }
  </style><div id="box"><div id="title">${escapeHtml(title.title)}</div></div>`,
  )
}

/** A page with the poster of a title. The element `#title` is made as large as its box allows when it is rendered. */
export function drawPoster (title: ArtworkTitle): string {
  const { svg, style: { font }, colours } = drawScene(title, POSTER_SIZE)
  const [director = ''] = title.crew.filter(({ role }) => role === 'Director' || role === 'Creator').map(({ name }) =>
    name
  )
  const transform = UPPERCASE_FONTS.includes(font) ? 'uppercase' : 'none'
  const spacing = font === 'Outfit' ? '0.06em' : '0'
  const lettering = `<style>
    #box { position: absolute; inset: auto 24px 24px; height: 215px; display: flex; flex-direction: column;
      justify-content: flex-end; color: ${colours.text}; text-align: center }
    #title { font: 800 84px/1.02 '${font}'; text-transform: ${transform}; letter-spacing: ${spacing};
      text-shadow: 0 3px 14px rgb(0 0 0 / .55); text-wrap: balance }
    #note { font: 600 13px/1.2 'Outfit'; letter-spacing: .18em; text-transform: uppercase; margin-top: 12px;
      text-shadow: 0 1px 6px rgb(0 0 0 / .6) }
    #fade { position: absolute; inset: 50% 0 0; background: linear-gradient(transparent, rgb(0 0 0 / .72)) }
  </style><div id="fade"></div><div id="box"><div id="title">${escapeHtml(title.title)}</div>
  <div id="note">${
    escapeHtml([director, String(title.year ?? '')].filter((text) => text !== '').join(' · '))
  }</div></div>`
  return toPage(svg, lettering)
}

export function toPage (svg: string, lettering: string): string {
  return '<!doctype html><meta charset="utf-8">' +
    '<style>body { margin: 0; position: relative } svg { display: block }</style>' +
    `${svg}${lettering}`
}
