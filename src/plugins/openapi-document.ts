// Completes the generated OpenAPI document for client generators and Swagger UI.

interface Parameter {
  in?: string
  required?: boolean
  example?: unknown
  schema?: { default?: unknown }
}
type JsonObject = Record<string, unknown>

/** Completes a document in place, and returns it. */
export function completeDocument<T extends object> (document: T): T {
  completeNode(document as JsonObject)
  return document
}

function completeNode (node: JsonObject): void {
  // TypeBox writes enumerations without a type.
  const [firstValue] = Array.isArray(node['enum']) ? node['enum'] as unknown[] : []
  if (typeof firstValue === 'string' && node['type'] === undefined) node['type'] = 'string'
  if (Array.isArray(node['parameters'])) node['parameters'].forEach(completeParameter)
  for (const value of Object.values(node)) {
    if (typeof value === 'object' && value !== null) completeNode(value as JsonObject)
  }
}

function completeParameter (parameter: Parameter): void {
  if (parameter.in !== 'query') return
  // A parameter with a default is optional.
  if (parameter.schema?.default !== undefined) parameter.required = false
  // Swagger UI would send the examples of optional filters.
  if (parameter.required !== true) delete parameter.example
}
