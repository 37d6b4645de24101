// The format of catalogue imports: each line is a movie, a show or a collection.
import { Type, type Static } from 'typebox'
import { CollectionInput, CollectionKind } from './collections.js'
import { describe, Id, strict, Timestamp } from './common.js'
import { EpisodeInput, MovieInput, SeasonInput, ShowInput } from './title-input.js'

const id = Type.Optional(describe(Id, 'ID in this catalogue, as exported; 24 hexadecimal digits'))
const addedAt = Type.Optional(describe(Timestamp, 'When the title was added to the catalogue; now by default'))

export const MovieLine = strict({
  kind: Type.Literal('movie', { description: 'Type of the line' }),
  id,
  addedAt,
  ...MovieInput.properties,
}, {
  $id: 'MovieLine',
})
export const ShowLine = strict({
  kind: Type.Literal('show', { description: 'Type of the line' }),
  id,
  addedAt,
  ...ShowInput.properties,
}, {
  $id: 'ShowLine',
})
const { kind: _, ...collectionFields } = CollectionInput.properties
export const CollectionLine = strict({
  kind: Type.Literal('collection', { description: 'Type of the line' }),
  id,
  collectionKind: Type.Optional(CollectionKind),
  ...collectionFields,
}, { $id: 'CollectionLine', description: 'Its titles are in the catalogue or in earlier lines' })

export type TitleLine = Static<typeof MovieLine> | Static<typeof ShowLine>
export type CollectionBody = Static<typeof CollectionLine>
export type ImportLine = TitleLine | CollectionBody
export type LineKind = ImportLine['kind']

export const importLines = { movie: MovieLine, show: ShowLine, collection: CollectionLine } as const
/** Schemas that the lines refer to. */
export const importLineParts = { EpisodeInput, SeasonInput } as const
export const LINE_KINDS = Object.keys(importLines) as readonly LineKind[]

const count = (description: string) => Type.Integer({ description })

export const CatalogueImport = Type.Object({
  dryRun: Type.Boolean({ description: 'Whether nothing was written' }),
  total: count('Number of lines; empty lines do not count'),
  created: count('New titles and collections'),
  updated: count('Existing titles and collections that changed'),
  unchanged: count('Existing titles and collections that already matched the line'),
  refusedCount: count('Lines that were rejected as a whole'),
  refused: Type.Array(
    Type.Object({
      line: Type.Integer({ description: 'Number of the line, from 1' }),
      errors: Type.Array(
        Type.Object({
          pointer: Type.String({ description: 'JSON Pointer into the line' }),
          message: Type.String({ description: 'Why the value was rejected' }),
        }),
        { description: 'Rejected fields of the line' },
      ),
    }),
    { description: 'The first rejected lines' },
  ),
  truncated: Type.Boolean({ description: 'Whether more lines were rejected than are listed' }),
  warnings: Type.Array(
    Type.Object({
      line: Type.Integer({ description: 'Number of the line, from 1' }),
      warnings: Type.Array(
        Type.Object({
          pointer: Type.String({ description: 'JSON Pointer into the line; empty: the whole line or file' }),
          message: Type.String({ description: 'What was assumed or ignored' }),
        }),
        { description: 'What was assumed or ignored' },
      ),
    }),
    { description: 'The first warnings; their lines are imported' },
  ),
}, { $id: 'CatalogueImport' })
export type CatalogueImport = Static<typeof CatalogueImport>
