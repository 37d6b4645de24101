// Which titles lines of an import are about: by their ids here, by those in other catalogues, and without any by name.
import { createHash } from 'node:crypto'
import { Types } from 'mongoose'
import { Title } from '../../models/title.js'
import { foldText } from '../domain/fold-text.js'
import type { FieldError } from '../errors.js'
import type { ImportLine, TitleLine } from '../schemas/import-line.js'
import type { StoredAny } from './build-title.js'

const SOURCES = ['imdb', 'tmdb', 'wikidata'] as const

/** What of a title it is recognised by. */
export type ExistingTitle = Pick<StoredAny, '_id' | 'kind' | 'externalIds'>

/** Everything that a line is recognised by: two lines with a key in common are about one title. */
export function keysOf (line: ImportLine): string[] {
  if (line.kind === 'collection') return [idOf(line).toString()]
  const external = externalKeys(line.externalIds)
  if (line.id !== undefined) return [line.id, ...external]
  return external.length > 0 ? external : [idOf(line).toString()]
}

/** The id of what a line makes: the one it gives, else one made of its name when there is nothing else to know it by again. */
export function idOf (line: ImportLine): Types.ObjectId {
  if (line.id !== undefined) return new Types.ObjectId(line.id)
  if (line.kind !== 'collection' && externalKeys(line.externalIds).length > 0) return new Types.ObjectId()
  const year = line.kind === 'collection' ? '' : line.year ?? line.releaseDate?.slice(0, 4) ?? ''
  return new Types.ObjectId(
    createHash('sha256').update(`normflix-import:${line.kind}:${foldText(line.title)}:${year}`).digest('hex').slice(
      0,
      24,
    ),
  )
}

function externalKeys (ids: Partial<Record<(typeof SOURCES)[number], string>> | undefined): string[] {
  return SOURCES.flatMap((source) => ids?.[source] === undefined ? [] : [`${source} ${ids[source]}`])
}

/** The titles that are there, by everything they are recognised by. */
export async function findExistingTitles (lines: readonly TitleLine[]): Promise<ReadonlyMap<string, ExistingTitle>> {
  const keys = new Set(lines.flatMap(keysOf))
  const found = await Promise.all([
    read('_id', [...keys].filter((key) => !key.includes(' ')).map((id) => new Types.ObjectId(id))),
    ...SOURCES.map(async (source) =>
      await read(
        `externalIds.${source}`,
        [...keys].filter((key) => key.startsWith(`${source} `)).map((key) => key.slice(source.length + 1)),
      )
    ),
  ])
  return new Map(
    found.flat().flatMap((title) =>
      [title._id.toString(), ...externalKeys(title.externalIds)].map((key) => [key, title] as const)
    ),
  )
}

/** By the driver: nothing of what is read needs a model, and there are thousands a second. */
async function read (path: string, values: readonly unknown[]): Promise<ExistingTitle[]> {
  if (values.length === 0) return []
  return await Title.collection.find<ExistingTitle>({ [path]: { $in: values } }, {
    projection: { kind: 1, externalIds: 1 },
  }).toArray()
}

/** The title that a line is about; null for a new one, or why it cannot be told. */
export function matchExistingTitle (
  line: TitleLine,
  known: ReadonlyMap<string, ExistingTitle>,
): ExistingTitle | null | { readonly errors: readonly FieldError[] } {
  const found = new Map(
    keysOf(line).flatMap((key) => {
      const title = known.get(key)
      return title === undefined ? [] : [[title._id.toString(), title] as const]
    }),
  )
  const [title = null, ...others] = [...found.values()]
  if (others.length > 0) {
    return {
      errors: [{ pointer: '/externalIds', message: `belong to several titles: ${[...found.keys()].join(', ')}` }],
    }
  }
  if (title !== null && title.kind !== line.kind) {
    return {
      errors: [{
        pointer: '/kind',
        message: `is not that of the title ${title._id.toString()}, which is a ${title.kind}`,
      }],
    }
  }
  return title
}
