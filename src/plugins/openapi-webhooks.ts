// Adds the events of webhooks to the OpenAPI document: a schema and an example for each type.
import { Timestamp, toDocumented } from '../schemas/common.js'
import { WEBHOOK_EVENT_TIME, WEBHOOK_EVENTS } from '../schemas/webhook-events.js'
import type { Document, JsonObject } from './openapi-components.js'

interface WebhooksDocument extends Document {
  webhooks?: Record<string, object>
}

const HEADERS = [
  ['webhook-id', 'ID of the event: the same for all attempts and replays. Ignore events with a known ID'],
  ['webhook-timestamp', 'Time of the attempt, Unix time in seconds. Reject times more than 5 minutes off'],
  ['webhook-signature', '`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several are separated by spaces'],
] as const

/** Changes the document in place. */
export function describeWebhooks (document: WebhooksDocument): void {
  document.webhooks = Object.fromEntries(
    Object.entries(WEBHOOK_EVENTS).map(([type, { name, summary, description, data, example }]) => {
      document.components.schemas[name] = toPlain({
        type: 'object',
        description: summary,
        required: ['type', 'timestamp', 'data'],
        properties: {
          type: { type: 'string', const: type, description: 'Type of the event' },
          timestamp: { ...Timestamp, description: 'When the event happened' },
          data: { ...data, title: `${name}Data`, description: `Data of the event \`${type}\`` },
        },
      }, document.components.schemas)
      return [type, {
        post: {
          operationId: `on${name}`,
          tags: ['Admin: webhooks'],
          summary,
          description,
          security: [],
          parameters: HEADERS.map(([header, text]) => ({
            name: header,
            in: 'header',
            required: true,
            description: text,
            schema: { type: 'string' },
          })),
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { $ref: `#/components/schemas/${name}` },
                example: { type, timestamp: WEBHOOK_EVENT_TIME, data: example },
              },
            },
          },
          responses: {
            '2XX': { description: 'Received. The body is not used' },
            '410': { description: 'Gone: the webhook is disabled' },
            default: { description: 'Any other response, and none within 10 s: the service repeats the request' },
          },
        },
      }]
    }),
  )
}

/** JSON without the keywords of the service itself. Schemas with a title become components. */
function toPlain (schema: object, components: Record<string, JsonObject>): JsonObject {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    // A keyword of Ajv, which is not part of OpenAPI.
    const { formatMinimum: _, ...documented } = toDocumented(value as JsonObject)
    const isUntyped = Array.isArray(documented['enum']) && documented['type'] === undefined
    const node = isUntyped ? { type: 'string', ...documented } : documented
    // A property may have this name too.
    if (typeof node['title'] !== 'string') return node
    const { title, ...definition } = node
    components[String(title)] ??= definition
    return { $ref: `#/components/schemas/${String(title)}`, description: definition['description'] }
  }) as JsonObject
}
