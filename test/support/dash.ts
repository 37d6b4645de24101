// Reads DASH manifests as players do.
import type { FastifyInstance } from 'fastify'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Test } from 'tap'
import { get } from './hls.js'

export type Node = Record<string, any>

const LISTS = ['AdaptationSet', 'Representation', 'S', 'SegmentURL', 'SupplementalProperty', 'Role']
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  isArray: (name) => LISTS.includes(name),
})

export interface ReadManifest {
  readonly text: string
  readonly mpd: Node
  readonly sets: readonly Node[]
  /** Adaptation sets with this content type. */
  of(contentType: string): Node[]
}

export function parseManifest (text: string): ReadManifest {
  const mpd: Node = parser.parse(text)['MPD']
  const sets: Node[] = mpd['Period']['AdaptationSet']
  return { text, mpd, sets, of: (type) => sets.filter(({ contentType }) => contentType === type) }
}

export async function readManifest (app: FastifyInstance, t: Test, url: string): Promise<ReadManifest> {
  const response = await get(app, url)
  t.equal(response.status, 200)
  t.equal(response.headers['content-type'], 'application/dash+xml')
  const text = response.bytes.toString()
  t.equal(XMLValidator.validate(text), true, 'the manifest is well-formed')
  return parseManifest(text)
}

/** Heights of all video representations, in order. */
export function heightsOf ({ of }: ReadManifest): number[] {
  return of('video').flatMap(({ Representation }) => Representation.map(({ height }: Node) => Number(height)))
}

export interface ManifestSegments {
  /** URLs of the initialisation segment and of the segments, relative to the manifest. */
  readonly urls: string[]
  /** Start of each segment, s. */
  readonly starts: number[]
  /** End of the last one, s. */
  readonly end: number
}

/** Expands the template and the timeline of a representation. */
export function segmentsOf ({ SegmentTemplate }: Node): ManifestSegments {
  const { timescale, startNumber, initialization, media, SegmentTimeline } = SegmentTemplate
  const starts: number[] = []
  let time = 0
  for (const { t: at, d, r = '0' } of SegmentTimeline.S as Node[]) {
    if (at !== undefined) time = Number(at)
    for (let i = 0; i <= Number(r); i++, time += Number(d)) starts.push(time / Number(timescale))
  }
  const urls = starts.map((_start, i) => media.replace('$Number$', String(Number(startNumber) + i)))
  return { urls: [initialization, ...urls], starts, end: time / Number(timescale) }
}
