// The import format: a line is a movie, a show or a collection, as administrators write them one by one, with what an
// export carries besides. Published as JSON Schema.
import type { ValidateFunction } from 'ajv'
import { Type, type Static } from 'typebox'
import { EpisodeInput, MovieInput, SeasonInput, ShowInput } from './title-input.js'
import { CollectionInput, CollectionKind } from './collections.js'
import { Id, strict, Timestamp } from './common.js'
import { buildRecordValidator } from '../http/validator.js'

const carried = {
  id: Type.Optional(
    Type.Unsafe<string>({ ...Id, description: 'Of this catalogue, as an export has it; 24 hexadecimal digits' }),
  ),
}
const addedAt = Type.Optional(
  Type.Unsafe<string>({ ...Timestamp, description: 'When it came into the catalogue; now when left out' }),
)

export const MovieLine = strict({ kind: Type.Literal('movie'), ...carried, addedAt, ...MovieInput.properties }, {
  $id: 'MovieLine',
})
export const ShowLine = strict({ kind: Type.Literal('show'), ...carried, addedAt, ...ShowInput.properties }, {
  $id: 'ShowLine',
})
const { kind: _, ...collectionInput } = CollectionInput.properties
export const CollectionLine = strict({
  kind: Type.Literal('collection'),
  ...carried,
  collectionKind: Type.Optional(CollectionKind),
  ...collectionInput,
}, { $id: 'CollectionLine', description: 'Its titles are in the catalogue, or in lines above it' })

export type TitleLine = Static<typeof MovieLine> | Static<typeof ShowLine>
export type CollectionBody = Static<typeof CollectionLine>
export type ImportLine = TitleLine | CollectionBody
export type LineKind = ImportLine['kind']

const lines = { movie: MovieLine, show: ShowLine, collection: CollectionLine } as const
const parts = { EpisodeInput, SeasonInput } as const

export const LINE_KINDS = Object.keys(lines) as readonly LineKind[]

export function createLineValidators (): Readonly<Record<LineKind, ValidateFunction>> {
  const build = (kind: LineKind): ValidateFunction => buildRecordValidator(lines[kind], parts)
  return { movie: build('movie'), show: build('show'), collection: build('collection') }
}

/** The format as one JSON Schema, for editors and other programs. */
export function describeImportLine (): object {
  const definitions = { MovieLine, ShowLine, CollectionLine, ...parts }
  const text = JSON.stringify(
    definitions,
    (key, value: unknown) =>
      key === '$ref' && typeof value === 'string'
        ? `#/$defs/${value.replace('#', '')}`
        : key === '$id'
        ? undefined
        : value,
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A line of a NormFlix import',
    description: 'What is left out stays as it is in a title that is there, or gets the default in a new one.',
    oneOf: Object.keys({ MovieLine, ShowLine, CollectionLine }).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: JSON.parse(text) as object,
  }
}

const count = (description: string) => Type.Integer({ description })
export const CatalogueImport = Type.Object({
  dryRun: Type.Boolean(),
  total: count('Records in the body; empty lines do not count'),
  created: count('Titles and collections that were not there'),
  updated: count('That were there, and say something else now'),
  unchanged: count('That were there, and say what the line says'),
  refusedCount: count('Lines of which nothing was taken'),
  refused: Type.Array(
    Type.Object({
      line: Type.Integer({ description: 'From 1' }),
      errors: Type.Array(
        Type.Object({ pointer: Type.String({ description: 'JSON Pointer into the line' }), message: Type.String() }),
      ),
    }),
    { description: 'The first of them' },
  ),
  truncated: Type.Boolean({ description: 'Whether more were refused than are listed' }),
}, { $id: 'CatalogueImport' })
