// Primitives that all schemas are composed of. One constant defines validation, type and OpenAPI description.
import { Type, type Static, type TSchema } from 'typebox'
import { FIELD_ERROR_CODES } from '../errors.js'

/** 60 days: longer than any movie, and an exact integer in a double. */
const MAX_POSITION_MS = 60 * 86_400_000

/**
 * Adds keywords that only the OpenAPI document contains. They state rules that other code checks, with messages of its
 * own.
 */
export const documented = <T extends TSchema>(schema: T, keywords: Readonly<Record<string, unknown>>) =>
  Type.Unsafe<Static<T>>({ ...schema, 'x-documented': keywords })

/** The schema as the document shows it. */
export function toDocumented<T extends object> (schema: T): T {
  const { 'x-documented': keywords = {}, ...rest } = schema as Record<string, object>
  return { ...rest, ...keywords } as T
}

/** A body that may be omitted: the route replaces it by an empty object before validation. */
export const optionalBody = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T>>({ ...schema, 'x-optional': true })

export const Id = Type.String({
  pattern: '^[0-9a-f]{24}$',
  description: 'ID, 24 hexadecimal digits',
  examples: ['665f1c2e9b1e8a0012ab34cd'],
})
/** A pattern would break clients that parse the text to a date. The OpenAPI document leaves `formatMinimum` out. */
export const timestamp = (description: string) =>
  documented(Type.String({ format: 'date-time', description, examples: ['2026-03-01T20:15:30.123Z'] }), {
    formatMinimum: '1970-01-01T00:00:00Z',
  })
export const Timestamp = timestamp('Time, RFC 3339 in UTC, since 1970; without leap seconds')
export const FullDate = Type.String({
  format: 'date',
  description: 'Date, RFC 3339 full-date',
  examples: ['1999-03-31'],
})
export const PositionMs = Type.Integer({
  minimum: 0,
  maximum: MAX_POSITION_MS,
  description: 'Position in the movie or episode, ms from the start',
  examples: [1_834_567],
})
/** Of an image whose URL is beside it. */
export const Placeholder = (image: string) =>
  nullable(
    Type.String({ examples: ['3OcRJYB4d3h/iIeHeEh3eIhw+j2w'] }),
    `ThumbHash of the ${image}, base64: a blurred version to show while it loads; null: not on this service, or not ` +
      'computed yet',
  )
export const DurationMs = Type.Integer({
  minimum: 0,
  maximum: MAX_POSITION_MS,
  description: 'Duration, ms',
  examples: [7_200_000],
})
export const Language = Type.String({
  pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
  maxLength: 35,
  description: 'BCP 47 language tag',
  examples: ['en'],
})

interface PlainSchema extends TSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
}

/** The schema or null: a list of types, which generators and serialisers understand best; a union for references. */
export function nullable<T extends TSchema> (schema: T, description?: string) {
  const { type, enum: values, ...rest }: PlainSchema = schema
  const texts = description === undefined ? {} : { description }
  if (values !== undefined) {
    return Type.Unsafe<Static<T> | null>({ ...rest, type: ['string', 'null'], enum: [...values, null], ...texts })
  }
  if (type !== undefined) return Type.Unsafe<Static<T> | null>({ ...rest, type: [type, 'null'], ...texts })
  return Type.Unsafe<Static<T> | null>({ oneOf: [schema, { type: 'null' }], ...texts })
}

/** The same schema with another description. */
export const describe = <T extends TSchema>(schema: T, description: string) =>
  Type.Unsafe<Static<T>>({ ...schema, description })

/** An object that rejects unknown fields. */
export const strict = <T extends Record<string, TSchema>>(properties: T, options: Record<string, unknown> = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

/** A reference to a named schema, which becomes a component of the OpenAPI document. */
export const ref = <T extends TSchema & { $id?: string }>(schema: T, description?: string) =>
  Type.Unsafe<Static<T>>({ $ref: `${schema.$id ?? ''}#`, ...(description === undefined ? {} : { description }) })

export const Limit = Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Maximum items per page' })
export const FileFormat = Type.Enum(['json', 'csv'], { title: 'FileFormat', default: 'json', description: 'Format' })
export const Cursor = Type.String({
  pattern: '^[\\w.-]{1,500}$',
  description: 'nextCursor of the previous page; opaque',
})
export const NextCursor = nullable(Type.String(), 'Send it as `cursor` to get the next page; null on the last page')

export const pageSchema = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item, { description: 'Items of the page' }), nextCursor: NextCursor })
export const listSchema = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item, { description: 'Items' }) })

export const Reason = Type.Object({
  code: Type.String({ description: 'Stable code, for programs', examples: ['half-watched'] }),
  text: Type.String({ description: 'Text for people', examples: ['You stopped here.'] }),
}, { title: 'Reason', description: 'Reason, for programs and for people' })

export const FieldError = Type.Object({
  pointer: Type.String({
    description: 'JSON Pointer to the field; path and query parameters by name',
    examples: ['/email'],
  }),
  message: Type.String({ description: 'What is wrong with the value' }),
}, { title: 'FieldError', description: 'A field, and what is wrong with it' })

export const InvalidField = Type.Object({
  pointer: FieldError.properties.pointer,
  code: Type.Enum([...FIELD_ERROR_CODES], {
    title: 'FieldErrorCode',
    description: 'What is wrong, for programs; `invalid`: see `message`',
  }),
  message: FieldError.properties.message,
  limit: Type.Optional(
    Type.Number({ description: 'The limit that the value exceeds: characters, elements, or a number' }),
  ),
}, { title: 'InvalidField', description: 'A rejected field, and what is wrong with it' })

export const Problem = Type.Object({
  type: Type.String({
    description: 'URI that identifies the type of problem',
    examples: ['https://normflix.example/problems/plan-profile-limit'],
  }),
  title: Type.String({ description: 'Short name of the type of problem' }),
  status: Type.Integer({ description: 'HTTP status code' }),
  detail: Type.String({ description: 'What happened and what to do about it' }),
  code: Type.String({ description: 'Short stable code', examples: ['plan-profile-limit'] }),
  requestId: Type.String({ description: 'ID of the request in the logs; quote it to support' }),
  errors: Type.Optional(Type.Array(InvalidField, { description: 'Rejected fields; only with `validation-failed`' })),
}, {
  $id: 'Problem',
  additionalProperties: true,
  description: 'RFC 9457 problem details; some codes add fields',
})

export const NoContent = Type.Null({ description: 'Success, without a body' })

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref(Problem) } },
})

/** The responses of a route: its successes, and problems for client and server errors. */
export const responses = <T extends Record<number, unknown>>(successes: T) => ({
  ...successes,
  '4xx': problemResponse('Any other rejection; `code` states the reason'),
  '5xx': problemResponse('Unavailable; retry after the time in Retry-After'),
})
