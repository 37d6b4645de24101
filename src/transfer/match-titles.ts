// Finds the stored title that an import line describes: by its ID, by its external IDs, or by kind, name and year.
import { Types } from 'mongoose'
import { derivedId } from '../../models/derived-id.js'
import { Title } from '../../models/title.js'
import { foldText } from '../domain/fold-text.js'
import type { FieldError } from '../errors.js'
import type { ImportLine, TitleLine } from '../schemas/import-line.js'
import type { StoredTitleDocument } from './build-title.js'

const EXTERNAL_SOURCES = ['imdb', 'tmdb', 'wikidata'] as const

/** The fields of a stored title that matching needs. */
export type ExistingTitle = Pick<StoredTitleDocument, '_id' | 'kind' | 'externalIds'>

/** Returns the keys that identify the title of a line. Two lines that share a key describe the same title. */
export function matchKeys (line: ImportLine): string[] {
  if (line.kind === 'collection') return [importedId(line).toString()]
  const external = externalKeys(line.externalIds)
  if (line.id !== undefined) return [line.id, ...external]
  return external.length > 0 ? external : [importedId(line).toString()]
}

/**
 * Returns the ID for a new document: the ID in the line, or a random one if external IDs identify the title.
 * Without both, it is derived from kind, name and year, so that a repeated import finds the document.
 */
export function importedId (line: ImportLine): Types.ObjectId {
  if (line.id !== undefined) return new Types.ObjectId(line.id)
  if (line.kind !== 'collection' && externalKeys(line.externalIds).length > 0) return new Types.ObjectId()
  const year = line.kind === 'collection' ? '' : line.year ?? line.releaseDate?.slice(0, 4) ?? ''
  return derivedId(`normflix-import:${line.kind}:${foldText(line.title)}:${year}`)
}

function externalKeys (ids: Partial<Record<(typeof EXTERNAL_SOURCES)[number], string>> | undefined): string[] {
  return EXTERNAL_SOURCES.flatMap((source) => ids?.[source] === undefined ? [] : [`${source} ${ids[source]}`])
}

/** Loads the stored titles that share a key with any of the lines, indexed by each of their keys. */
export async function findExistingTitles (lines: readonly TitleLine[]): Promise<ReadonlyMap<string, ExistingTitle>> {
  const keys = [...new Set(lines.flatMap(matchKeys))]
  const found = await Promise.all([
    findByField('_id', keys.filter((key) => !key.includes(' ')).map((id) => new Types.ObjectId(id))),
    ...EXTERNAL_SOURCES.map(async (source) => {
      const prefix = `${source} `
      const ids = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
      return await findByField(`externalIds.${source}`, ids)
    }),
  ])
  return new Map(
    found.flat().flatMap((title) =>
      [title._id.toString(), ...externalKeys(title.externalIds)].map((key) => [key, title] as const)
    ),
  )
}

/** Uses the driver: an import reads thousands of titles per second, and none of them needs a Mongoose document. */
async function findByField (path: string, values: readonly unknown[]): Promise<ExistingTitle[]> {
  if (values.length === 0) return []
  return await Title.collection.find<ExistingTitle>({ [path]: { $in: values } }, {
    projection: { kind: 1, externalIds: 1 },
  }).toArray()
}

/** Returns the title that a line describes, null for a new title, or the errors of an ambiguous line. */
export function matchExistingTitle (
  line: TitleLine,
  existing: ReadonlyMap<string, ExistingTitle>,
): ExistingTitle | null | { readonly errors: readonly FieldError[] } {
  const matches = new Map(
    matchKeys(line).flatMap((key) => {
      const title = existing.get(key)
      return title === undefined ? [] : [[title._id.toString(), title] as const]
    }),
  )
  const [title = null, ...others] = [...matches.values()]
  if (others.length > 0) {
    const ids = [...matches.keys()].join(', ')
    return { errors: [{ pointer: '/externalIds', message: `belong to several titles: ${ids}` }] }
  }
  if (title !== null && title.kind !== line.kind) {
    const message = `does not match title ${title._id.toString()}, which is a ${title.kind}`
    return { errors: [{ pointer: '/kind', message }] }
  }
  return title
}
