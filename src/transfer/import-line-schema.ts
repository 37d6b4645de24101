// The import format as one JSON Schema, for editors and other programs.
import { toDocumented } from '../schemas/common.js'
import { importLineParts, importLines } from '../schemas/import-line.js'

/** Describes a line of an import as JSON Schema 2020-12. */
export function importLineSchema (): object {
  const { movie: MovieLine, show: ShowLine, collection: CollectionLine } = importLines
  const lines = { MovieLine, ShowLine, CollectionLine }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A line of a NormFlix import',
    description: 'Omitted fields of an existing title keep their value; in a new title they get the default.',
    oneOf: Object.keys(lines).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: toDefinitions({ ...lines, ...importLineParts }),
  }
}

/** Makes references between named schemas local to the document. */
function toDefinitions (schemas: object): object {
  const text = JSON.stringify(schemas, (key, value: unknown) => {
    if (key === '$id') return undefined
    if (key === '$ref' && typeof value === 'string') return `#/$defs/${value.replace('#', '')}`
    return typeof value === 'object' && value !== null && 'x-documented' in value ? toDocumented(value) : value
  })
  return JSON.parse(text) as object
}
