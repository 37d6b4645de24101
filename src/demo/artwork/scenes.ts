// Vector scenes of the demo artwork: each fills a rectangle of any size with the colours of a palette.

/** From the background to the foreground; `accent` draws the eye. */
export interface Palette {
  readonly top: string
  readonly bottom: string
  readonly accent: string
  readonly near: string
  readonly text: string
}

/** What a scene draws with. `random` returns the same numbers for the same title. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly palette: Palette
  random(): number
}

type Point = readonly [x: number, y: number]

const round = (value: number): number => Math.round(value * 10) / 10
const list = <T>(length: number, create: (i: number) => T): T[] => Array.from({ length }, (_, i) => create(i))
const circle = (x: number, y: number, r: number, fill: string, extra = ''): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}" fill="${fill}" ${extra}/>`
const polygon = (points: readonly Point[], fill: string, extra = ''): string =>
  `<polygon points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}" fill="${fill}" ${extra}/>`
const rectangle = (x: number, y: number, width: number, height: number, fill: string, extra = ''): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}" ${extra}/>`

function stars ({ width, height, palette, random }: Canvas, count: number): string {
  return list(
    count,
    () =>
      circle(
        random() * width,
        random() * height * 0.75,
        0.6 + random() * 1.8,
        palette.text,
        `opacity="${round(random())}"`,
      ),
  ).join('')
}

/** A ridge from the left to the right edge, as a polygon down to the bottom. */
function ridge (
  { width, height, random }: Canvas,
  y: number,
  roughness: number,
  fill: string,
  opacity: number,
): string {
  const steps = 9
  const points = list(steps + 1, (i): Point => [i * width / steps, y + (random() - 0.5) * roughness])
  return polygon([[0, height], ...points, [width, height]], fill, `opacity="${opacity}"`)
}

function ridges (canvas: Canvas): string {
  const { height, palette } = canvas
  return list(4, (i) => ridge(canvas, height * (0.5 + i * 0.12), height * 0.16, palette.near, 0.35 + i * 0.2)).join('')
}

function orbits (canvas: Canvas): string {
  const { width, height, palette, random } = canvas
  const size = Math.min(width, height)
  const [x, y, r] = [width * (0.35 + random() * 0.3), height * 0.38, size * (0.2 + random() * 0.1)]
  const tilt = -25 + random() * 50
  const ring = (scale: number, opacity: number): string =>
    `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(r * scale)}" ry="${round(r * scale * 0.28)}" fill="none" ` +
    `stroke="${palette.text}" stroke-width="${round(r * 0.05)}" opacity="${opacity}" ` +
    `transform="rotate(${round(tilt)} ${round(x)} ${round(y)})"/>`
  return stars(canvas, 140) + circle(x, y, r * 1.5, palette.accent, 'opacity="0.12"') +
    circle(x, y, r, palette.accent) + circle(x + r * 0.28, y + r * 0.2, r * 0.95, palette.near, 'opacity="0.45"') +
    ring(1.7, 0.8) + ring(1.9, 0.4) + circle(width * 0.82, height * 0.16, size * 0.035, palette.text, 'opacity="0.9"')
}

function horizon (canvas: Canvas): string {
  const { width, height, palette, random } = canvas
  const [x, r] = [width * (0.3 + random() * 0.4), Math.min(width, height) * (0.2 + random() * 0.08)]
  return circle(x, height * 0.4, r * 1.7, palette.accent, 'opacity="0.18"') +
    circle(x, height * 0.4, r, palette.accent) +
    ridges(canvas)
}

function skyline (canvas: Canvas): string {
  const { width, height, palette, random } = canvas
  const towers = list(13, (i) => {
    const towerWidth = width / 12
    const top = height * (0.3 + random() * 0.35)
    const x = i * towerWidth - towerWidth / 2
    const windows = list(26, () =>
      rectangle(
        x + towerWidth * (0.15 + Math.floor(random() * 4) * 0.2),
        top + 14 + Math.floor(random() * 14) * 18,
        towerWidth * 0.1,
        8,
        palette.accent,
        `opacity="${round(0.35 + random() * 0.6)}"`,
      ))
    return rectangle(x, top, towerWidth * 0.94, height, palette.near) + windows.join('')
  })
  return circle(width * 0.72, height * 0.22, Math.min(width, height) * 0.12, palette.text, 'opacity="0.85"') +
    towers.join('')
}

function rays (canvas: Canvas): string {
  const { width, height, palette, random } = canvas
  const [x, y, reach] = [width / 2, height * 0.56, Math.hypot(width, height)]
  const turn = random() * Math.PI
  const beams = list(14, (i) => {
    const angle = turn + i * Math.PI / 7
    const at = (a: number): Point => [x + Math.cos(a) * reach, y + Math.sin(a) * reach]
    return polygon([[x, y], at(angle), at(angle + Math.PI / 14)], palette.accent, 'opacity="0.5"')
  })
  const size = Math.min(width, height)
  return beams.join('') + circle(x, y, size * 0.27, palette.text, 'opacity="0.95"') +
    circle(x, y, size * 0.22, palette.near) + ridge(canvas, height * 0.82, height * 0.06, palette.near, 1)
}

function forest (canvas: Canvas): string {
  const { width, height, palette, random } = canvas
  const row = (count: number, y: number, scale: number, opacity: number): string =>
    list(count, () => {
      const [x, h] = [random() * width, height * scale * (0.6 + random() * 0.6)]
      const tiers = list(3, (i) =>
        polygon(
          [[x, y - h + i * h * 0.22], [x + h * (0.1 + i * 0.05), y - h * 0.5 + i * h * 0.25], [
            x - h * (0.1 + i * 0.05),
            y - h * 0.5 + i * h * 0.25,
          ]],
          palette.near,
          `opacity="${opacity}"`,
        ))
      return tiers.join('') + rectangle(x - h * 0.02, y - h * 0.1, h * 0.04, h * 0.3, palette.near)
    }).join('')
  const size = Math.min(width, height)
  return stars(canvas, 50) + circle(width * 0.62, height * 0.28, size * 0.3, palette.accent, 'opacity="0.2"') +
    circle(width * 0.62, height * 0.28, size * 0.2, palette.accent) + row(16, height * 0.78, 0.3, 0.5) +
    row(12, height * 0.95, 0.45, 1) + rectangle(0, height * 0.9, width, height, palette.near)
}

function waves (canvas: Canvas): string {
  const { width, height, palette, random } = canvas
  const layers = list(6, (i) => {
    const y = height * (0.48 + i * 0.09)
    const [amplitude, phase] = [height * 0.022, random() * 6]
    const crest = list(41, (j): Point => [j * width / 40, y + Math.sin(j / 3.2 + phase) * amplitude])
    return polygon(
      [[0, height], ...crest, [width, height]],
      i % 2 === 0 ? palette.near : palette.accent,
      'opacity="0.75"',
    )
  })
  return circle(width * 0.5, height * 0.42, Math.min(width, height) * 0.22, palette.text, 'opacity="0.9"') +
    layers.join('')
}

function circles ({ width, height, palette, random }: Canvas): string {
  const size = Math.min(width, height)
  const colours = [palette.accent, palette.text, palette.near]
  return list(9, (i) =>
    circle(
      width * (0.15 + random() * 0.7),
      height * (0.12 + random() * 0.5),
      size * (0.1 + random() * 0.18),
      colours[i % colours.length] ?? palette.accent,
      `opacity="${round(0.45 + random() * 0.4)}"`,
    )).join('')
}

function blinds ({ width, height, palette, random }: Canvas): string {
  const size = Math.min(width, height)
  const [x, y] = [width * (0.4 + random() * 0.2), height * 0.4]
  const slats = list(24, (i) => rectangle(0, i * height / 24, width, height / 48, palette.near, 'opacity="0.85"'))
  const figure = circle(x, y, size * 0.085, palette.near) +
    polygon(
      [[x - size * 0.16, height * 0.86], [x - size * 0.11, y + size * 0.1], [x + size * 0.11, y + size * 0.1], [
        x + size * 0.16,
        height * 0.86,
      ]],
      palette.near,
    ) + rectangle(x - size * 0.13, y - size * 0.075, size * 0.26, size * 0.02, palette.near) +
    rectangle(x - size * 0.075, y - size * 0.16, size * 0.15, size * 0.1, palette.near)
  return circle(x, y + size * 0.08, size * 0.46, palette.accent, 'opacity="0.9"') + slats.join('') + figure
}

function hills (canvas: Canvas): string {
  const { width, height, palette, random } = canvas
  const mound = (x: number, y: number, r: number, fill: string): string => circle(x * width, y * height + r, r, fill)
  const cloud = (x: number, y: number): string =>
    list(4, (i) => circle(width * x + i * width * 0.05, height * y - (i % 2) * 14, width * 0.055, palette.text)).join(
      '',
    )
  return circle(width * 0.78, height * 0.2, Math.min(width, height) * 0.12, palette.accent) +
    `<g opacity="0.9">${cloud(0.12 + random() * 0.2, 0.22)}${cloud(0.5, 0.34 + random() * 0.06)}</g>` +
    mound(0.2, 0.55, width * 0.6, palette.accent) + mound(0.85, 0.6, width * 0.55, palette.near) +
    mound(0.35, 0.76, width * 0.9, palette.near)
}

function road (canvas: Canvas): string {
  const { width, height, palette } = canvas
  const [x, y] = [width / 2, height * 0.5]
  const dashes = list(7, (i) => {
    const [from, to] = [(i / 7) ** 2, ((i + 0.5) / 7) ** 2]
    const at = (share: number, side: number): Point => [
      x + side * width * 0.018 * share,
      y + (height - y) * share,
    ]
    return polygon([at(from, -1), at(from, 1), at(to, 1), at(to, -1)], palette.text, 'opacity="0.9"')
  })
  return circle(x, y, Math.min(width, height) * 0.24, palette.accent) +
    ridge(canvas, y, height * 0.1, palette.near, 0.6) +
    rectangle(0, y, width, height, palette.near) +
    polygon([[x - 2, y], [x + 2, y], [width * 0.95, height], [width * 0.05, height]], palette.bottom, 'opacity="0.7"') +
    dashes.join('')
}

function grid (canvas: Canvas): string {
  const { width, height, palette } = canvas
  const y = height * 0.56
  const line = (x1: number, y1: number, x2: number, y2: number): string =>
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${palette.accent}" ` +
    'stroke-width="2" opacity="0.8"/>'
  const across = list(10, (i) => y + (height - y) * (i / 9) ** 2).map((at) => line(0, at, width, at))
  const along = list(17, (i) => line(width / 2 + (i - 8) * width * 0.03, y, width / 2 + (i - 8) * width * 0.3, height))
  const r = Math.min(width, height) * 0.26
  const cuts = list(
    5,
    (i) => rectangle(width / 2 - r, y - r * 0.1 - i * r * 0.2, r * 2, r * (0.1 - i * 0.015), palette.top),
  )
  return stars(canvas, 80) + circle(width / 2, y - r * 0.4, r, palette.accent) + cuts.join('') +
    rectangle(0, y, width, height, palette.near) + across.join('') + along.join('')
}

function shards ({ width, height, palette, random }: Canvas): string {
  const [x, y] = [width * (0.4 + random() * 0.2), height * 0.42]
  const count = 16
  return list(count, (i) => {
    const corner = (k: number, reach: number): Point => {
      const angle = (k / count) * 2 * Math.PI
      return [x + Math.cos(angle) * width * reach, y + Math.sin(angle) * width * reach]
    }
    const reach = 0.35 + random() * 0.7
    const fill = [palette.accent, palette.near, palette.text][Math.floor(random() * 3)] ?? palette.accent
    return polygon(
      [corner(i, 0.05 + random() * 0.1), corner(i, reach), corner(i + 1, reach * 0.8)],
      fill,
      'opacity="0.7"',
    )
  }).join('')
}

export const SCENES = { orbits, horizon, skyline, rays, forest, waves, circles, blinds, hills, road, grid, shards }
export type SceneName = keyof typeof SCENES
