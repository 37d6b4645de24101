// The column mapping of CSV imports, and the preview of a file.
import { Type, type Static } from 'typebox'
import { FieldError, nullable, strict } from './common.js'

/** Longer than a header of a spreadsheet has columns. */
const MAX_MAPPED_COLUMNS = 200

export const ImportMap = Type.Array(Type.String({ pattern: '^.{1,200}:[A-Za-z]{1,40}$' }), {
  maxItems: MAX_MAPPED_COLUMNS,
  description:
    'CSV only: `column:field` for each column with another name than its field, as a repeated parameter; the field ' +
    '`ignore` skips the column. Other columns fill the field of their name. Letter case does not matter in names of ' +
    'columns.',
  examples: [['Film:title', 'Jahr:year', 'Notes:ignore']],
})

export const ImportPreviewQuery = strict({ map: Type.Optional(ImportMap) })

const PreviewColumn = Type.Object({
  name: Type.String({ description: 'Name in the header; empty if it has none' }),
  field: nullable(Type.String(), 'Field that it fills; null: the import ignores it, or needs a mapping for it'),
  needsMapping: Type.Boolean({
    description: 'Whether neither the format nor `map` knows it: an import without an entry for it is rejected',
  }),
  samples: Type.Array(Type.String(), { description: 'The first different values of the file, shortened' }),
}, { title: 'ImportColumn', description: 'A column of a CSV file' })

const PreviewRow = Type.Object({
  line: Type.Integer({ description: 'Number of the line, from 1' }),
  values: Type.Array(nullable(Type.String()), {
    description:
      'By column, the value that an import reads, as shortened text; null: none, or ignored. Empty if the row ' +
      'cannot be read.',
  }),
  errors: Type.Array(FieldError, { description: 'Cells that an import rejects, by pointers to their field' }),
}, { title: 'ImportPreviewRow', description: 'A row as an import reads it' })

export const ImportPreview = Type.Object({
  encoding: Type.String({ description: 'Encoding of the file', examples: ['UTF-8', 'windows-1252'] }),
  // No enumeration: oapi-codegen cannot name a tab.
  delimiter: Type.String({
    minLength: 1,
    maxLength: 1,
    description: 'Character between two cells: a comma, a semicolon, a tab or a vertical bar',
  }),
  columns: Type.Array(PreviewColumn, { description: 'Columns of the file, in order' }),
  fields: Type.Array(
    Type.Object({
      name: Type.String({ description: 'Name of the field in `map`' }),
      isRequired: Type.Boolean({ description: 'Whether a column must fill it' }),
    }, { title: 'ImportField', description: 'A field that a column can fill' }),
    { description: 'All fields of the format' },
  ),
  rows: Type.Array(PreviewRow, { description: 'The first ten rows' }),
}, { $id: 'ImportPreview', description: 'Columns and first rows of a CSV file, with a mapping' })
export type ImportPreview = Static<typeof ImportPreview>
