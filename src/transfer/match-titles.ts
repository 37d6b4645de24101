// Finds the stored title that an import line describes: by its ID, by its external IDs, or by kind, name and year.
import { Types } from 'mongoose'
import { derivedId } from '../../models/upsert.js'
import { Title } from '../../models/title.js'
import { nameKey } from '../domain/text.js'
import type { FieldError } from '../errors.js'
import type { ImportLine, TitleLine } from '../schemas/import-line.js'
import type { StoredTitleDocument } from './build-title.js'

const EXTERNAL_SOURCES = ['imdb', 'tmdb', 'wikidata'] as const

/** The fields of a stored title that matching needs. */
export type ExistingTitle = Pick<StoredTitleDocument, '_id' | 'kind' | 'title' | 'externalIds'>

/** Returns the keys that can identify the title of a line. Lines that describe the same title share a key. */
export function matchKeys (line: ImportLine): string[] {
  const external = line.kind === 'collection' ? [] : externalKeys(line.externalIds)
  if (line.id !== undefined) return [line.id, ...external]
  return external.length > 0 ? external : [importedId(line).toString(), foldedNameId(line).toString()]
}

/**
 * Returns the ID for a new document: the ID in the line, or a random one if external IDs identify the title.
 * Without both, it is derived from kind, name and year, so that a repeated import finds the document.
 */
export function importedId (line: ImportLine): Types.ObjectId {
  if (line.id !== undefined) return new Types.ObjectId(line.id)
  if (line.kind !== 'collection' && externalKeys(line.externalIds).length > 0) return new Types.ObjectId()
  return derivedId(`normflix-import-name:${line.kind}:${nameKey(line.title)}:${yearOf(line)}`)
}

/**
 * The ID that imports before version 0.3 derived. They ignored all marks, so that different names may have this ID:
 * a document with it counts only if `isDocumentOf` confirms it.
 */
export function foldedNameId (line: ImportLine): Types.ObjectId {
  return derivedId(`normflix-import:${line.kind}:${removeMarks(line.title)}:${yearOf(line)}`)
}

/**
 * True if a document with the `foldedNameId` of a line is what the line describes: it has the same name, or an
 * administrator has renamed it. A name that differs only in its marks belongs to something else.
 */
export function isDocumentOf (line: ImportLine, { title }: { readonly title: string }): boolean {
  return nameKey(title) === nameKey(line.title) || removeMarks(title) !== removeMarks(line.title)
}

function removeMarks (name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

function yearOf (line: ImportLine): string {
  return line.kind === 'collection' ? '' : String(line.year ?? line.releaseDate?.slice(0, 4) ?? '')
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
    projection: { kind: 1, title: 1, externalIds: 1 },
  }).toArray()
}

/** Returns the title that a line describes, null for a new title, or the errors of an ambiguous line. */
export function matchExistingTitle (
  line: TitleLine,
  existing: ReadonlyMap<string, ExistingTitle>,
): ExistingTitle | null | { readonly errors: readonly FieldError[] } {
  const matches = listMatches(line, existing)
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

/** The stored titles that a line describes, by ID. */
function listMatches (line: TitleLine, existing: ReadonlyMap<string, ExistingTitle>): Map<string, ExistingTitle> {
  const isMatchedByName = line.id === undefined && externalKeys(line.externalIds).length === 0
  const matches = new Map<string, ExistingTitle>()
  for (const key of matchKeys(line)) {
    const title = existing.get(key)
    if (title === undefined) continue
    if (!isMatchedByName) matches.set(title._id.toString(), title)
    else if (key === importedId(line).toString()) return new Map([[key, title]])
    else if (isDocumentOf(line, title)) matches.set(key, title)
  }
  return matches
}
