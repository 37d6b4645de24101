// The format of catalogue imports: each line is a movie, a show or a collection.
import { Type, type Static } from 'typebox'
import { CollectionInput } from './collections.js'
import { describe, FieldError, Id, strict, Timestamp } from './common.js'
import { EpisodeInput, MarkerOriginInput, MovieInput, SeasonInput, ShowInput } from './title-input.js'
import { CollectionKind } from './titles.js'

const id = Type.Optional(describe(Id, 'ID in this catalogue, as exported; 24 hexadecimal digits'))
const addedAt = Type.Optional(describe(Timestamp, 'When the title was added to the catalogue; now by default'))

export const MovieLine = strict({
  kind: Type.Literal('movie', { description: 'Type of the line' }),
  id,
  addedAt,
  ...MovieInput.properties,
}, {
  $id: 'MovieLine',
  description: 'A movie in an import',
})
export const ShowLine = strict({
  kind: Type.Literal('show', { description: 'Type of the line' }),
  id,
  addedAt,
  ...ShowInput.properties,
}, {
  $id: 'ShowLine',
  description: 'A show in an import',
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
export const importLineParts = { EpisodeInput, MarkerOriginInput, SeasonInput } as const
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
          ...FieldError.properties,
          value: Type.Optional(Type.String({ description: 'Rejected value as JSON, shortened; omitted: none' })),
        }, { title: 'RejectedField', description: 'A field of a line, its value, and what is wrong with it' }),
        { description: 'Rejected fields of the line, by pointers into the line' },
      ),
    }, { title: 'RejectedLine', description: 'A line that was rejected' }),
    { description: 'The first rejected lines' },
  ),
  truncated: Type.Boolean({ description: 'Whether more lines were rejected than are listed' }),
  warnings: Type.Array(
    Type.Object({
      line: Type.Integer({ description: 'Number of the line, from 1' }),
      warnings: Type.Array(FieldError, {
        description: 'What was assumed or ignored; an empty pointer means the whole line or file',
      }),
    }, { title: 'LineWarning', description: 'A line with assumptions' }),
    { description: 'The first warnings; their lines are imported' },
  ),
}, { $id: 'CatalogueImport', description: 'Result of an import of the catalogue' })
export type CatalogueImport = Static<typeof CatalogueImport>
