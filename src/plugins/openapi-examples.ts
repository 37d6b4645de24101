// Puts the examples of the demo into the OpenAPI document: requests from a table, responses from a recorded file.
import { readFileSync } from 'node:fs'
import { FORM_MEDIA_TYPE } from '../http/oauth-body.js'
import { PARAMETER_EXAMPLES, REQUEST_EXAMPLES } from '../schemas/request-examples.js'
import { operationsOf, type Document, type OperationObject } from './openapi-components.js'

/** Bodies by operation and status. */
type ResponseExamples = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const JSON_MEDIA_TYPE = 'application/json'
/** "npm run openapi:examples" records it. */
const RESPONSES_FILE = new URL('../../../openapi/response-examples.json', import.meta.url)

/** Swagger UI fills forms with these examples. Optional filters have none: the form would send them. */
export function addExamples (document: Document): void {
  const responseExamples = JSON.parse(readFileSync(RESPONSES_FILE, 'utf8')) as ResponseExamples
  for (const operation of operationsOf(document)) {
    addRequestExamples(operation)
    addResponseExamples(operation, responseExamples[operation.operationId ?? ''] ?? {})
  }
}

function addRequestExamples ({ operationId = '', parameters = [], requestBody }: OperationObject): void {
  for (const parameter of parameters) {
    const example = PARAMETER_EXAMPLES[parameter.name ?? '']
    if (example !== undefined && parameter.required === true) parameter.example = example
  }
  const example = REQUEST_EXAMPLES[operationId]
  for (const type of [JSON_MEDIA_TYPE, FORM_MEDIA_TYPE]) {
    const body = requestBody?.content?.[type]
    if (body !== undefined && example !== undefined) body.example = example
  }
}

function addResponseExamples ({ responses = {} }: OperationObject, examples: Readonly<Record<string, unknown>>): void {
  for (const [status, example] of Object.entries(examples)) {
    const body = responses[status]?.content?.[JSON_MEDIA_TYPE]
    if (body !== undefined) body.example = example
  }
}
