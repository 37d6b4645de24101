// What the generator leaves undone in the OpenAPI document, for whoever generates a client from it or fills in Swagger UI.

interface Parameter {
  in?: string
  required?: boolean
  example?: unknown
  schema?: { default?: unknown }
}
type Json = Record<string, unknown>

/** Completes a document in place, and answers it. */
export function completeDocument<T extends object> (document: T): T {
  visit(document as Json)
  return document
}

function visit (node: Json): void {
  // TypeBox writes an enumeration without its type.
  const [first] = Array.isArray(node['enum']) ? node['enum'] as unknown[] : []
  if (typeof first === 'string' && node['type'] === undefined) node['type'] = 'string'
  if (Array.isArray(node['parameters'])) node['parameters'].forEach(completeParameter)
  for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) visit(value as Json)
}

function completeParameter (parameter: Parameter): void {
  if (parameter.in !== 'query') return
  // What has a default may be left out.
  if (parameter.schema?.default !== undefined) parameter.required = false
  // Swagger UI sends the examples of filters that nobody asked for.
  if (parameter.required !== true) delete parameter.example
}
