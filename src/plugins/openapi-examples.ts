// Puts the examples of the demo into the OpenAPI document.
import { FORM_MEDIA_TYPE } from '../http/oauth-body.js'
import { PARAMETER_EXAMPLES, REQUEST_EXAMPLES } from '../schemas/request-examples.js'
import { operationsOf, type Document } from './openapi-components.js'

/** Swagger UI fills forms with these examples. Optional filters have none: the form would send them. */
export function addExamples (document: Document): void {
  for (const { operationId = '', parameters = [], requestBody } of operationsOf(document)) {
    for (const parameter of parameters) {
      const example = PARAMETER_EXAMPLES[parameter.name ?? '']
      if (example !== undefined && parameter.required === true) parameter.example = example
    }
    const example = REQUEST_EXAMPLES[operationId]
    for (const type of ['application/json', FORM_MEDIA_TYPE]) {
      const body = requestBody?.content?.[type]
      if (body !== undefined && example !== undefined) body.example = example
    }
  }
}
