// Puts the examples of the demo into the OpenAPI document.
import { PARAMETER_EXAMPLES, REQUEST_EXAMPLES } from '../schemas/request-examples.js'
import { operationsOf, type Document } from './openapi-components.js'

/** Swagger UI fills forms with these examples. Optional filters have none: the form would send them. */
export function addExamples (document: Document): void {
  for (const { operationId = '', parameters = [], requestBody } of operationsOf(document)) {
    for (const parameter of parameters) {
      const example = PARAMETER_EXAMPLES[parameter.name ?? '']
      if (example !== undefined && parameter.required === true) parameter.example = example
    }
    const body = requestBody?.content?.['application/json']
    const example = REQUEST_EXAMPLES[operationId]
    if (body !== undefined && example !== undefined) body.example = example
  }
}
