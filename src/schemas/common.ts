// Building blocks of all schemas: ids, times, positions, languages, pages, problems. One constant feeds validation, types
// and the OpenAPI document.
import { Type, type Static, type TSchema } from 'typebox'

export const Id = Type.String({
  pattern: '^[0-9a-f]{24}$',
  description: '24 hexadecimal digits',
  examples: ['665f1c2e9b1e8a0012ab34cd'],
})
export const Timestamp = Type.String({
  format: 'date-time',
  description: 'RFC 3339, UTC',
  examples: ['2026-03-01T20:15:30.123Z'],
})
export const FullDate = Type.String({ format: 'date', description: 'RFC 3339 full-date', examples: ['1999-03-31'] })
/** 60 days: no film is longer, and every position is exact in a double. */
const MAX_POSITION_MS = 60 * 86_400_000
export const PositionMs = Type.Integer({
  minimum: 0,
  maximum: MAX_POSITION_MS,
  description: 'A place in the item, ms from its start',
  examples: [1_834_567],
})
export const DurationMs = Type.Integer({
  minimum: 0,
  maximum: MAX_POSITION_MS,
  description: 'A length of time, ms',
  examples: [7_200_000],
})
export const Language = Type.String({
  pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
  maxLength: 35,
  description: 'BCP 47 language tag',
  examples: ['en'],
})
export const HttpUrl = Type.String({
  pattern: '^https?://[^\\s]+$',
  maxLength: 2_000,
  description: 'http or https address; never fetched by the service',
  examples: ['https://img.example.com/p/1.jpg'],
})

export const nullable = <T extends TSchema>(schema: T, description?: string) =>
  Type.Union([schema, Type.Null()], description === undefined ? {} : { description })

/** An object that refuses members it does not know. */
export const strict = <T extends Record<string, TSchema>>(properties: T, options: Record<string, unknown> = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

/** A reference to a named schema, so that the OpenAPI document has components. */
export const ref = <T extends TSchema & { $id?: string }>(schema: T) =>
  Type.Unsafe<Static<T>>({ $ref: `${schema.$id ?? ''}#` })

export const Limit = Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many items a page holds' })
export const Cursor = Type.String({ pattern: '^[\\w.-]{1,500}$', description: 'nextCursor of the page before; opaque' })
export const NextCursor = nullable(Type.String(), 'Pass it as cursor to get the next page; null on the last')

export const pageSchema = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: NextCursor })
export const listSchema = <T extends TSchema>(item: T) => Type.Object({ items: Type.Array(item) })

export const Reason = Type.Object({
  code: Type.String({ description: 'Stable, for programs', examples: ['half-watched'] }),
  text: Type.String({ description: 'In words, for people', examples: ['You stopped here.'] }),
})

export const Problem = Type.Object({
  type: Type.String({
    description: 'URI of the kind of problem, documented',
    examples: ['https://normflix.example/problems/plan-profile-limit'],
  }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: 'What to do about it' }),
  code: Type.String({ description: 'Short and stable', examples: ['plan-profile-limit'] }),
  requestId: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({
    pointer: Type.String({
      description: 'JSON Pointer to the member, or its name in path or query',
      examples: ['/email'],
    }),
    message: Type.String(),
  }))),
}, {
  $id: 'Problem',
  additionalProperties: true,
  description: 'RFC 9457 problem details; some codes add members of their own',
})

export const NoContent = Type.Null({ description: 'Done; no body' })

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref(Problem) } },
})

/** A route's answers: its own successes, and problems for everything else. */
export const responses = <T extends Record<number, unknown>>(successes: T) => ({
  ...successes,
  '4xx': problemAnswer('Refused: the code says why'),
  '5xx': problemAnswer('Not possible now: try again when Retry-After says so'),
})

export const ProfileParams = Type.Object({ profileId: Id })
