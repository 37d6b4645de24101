// Adds the problems of each operation to the OpenAPI document: a response for each status, an example for each code.
import { FORM_MEDIA_TYPE } from '../http/oauth-body.js'
import { OPERATION_PROBLEMS } from '../schemas/operation-problems.js'
import { PROBLEMS, type ProblemCode } from '../schemas/problems.js'
import type { Document, OperationObject } from './openapi-components.js'

/** Path of every operation without a rate limit. */
export const UNLIMITED_PATHS = /^\/(?:health|metrics|v1\/(?:media|hls|subtitles|thumbnails)\b)/
const PROBLEM_MEDIA_TYPE = 'application/problem+json'
const EXAMPLE_REQUEST_ID = '2696e6be-8b30-4099-b951-ffe8380952d0'
const JSON_BODY_PROBLEMS: readonly ProblemCode[] = [
  'validation-failed',
  'malformed-request',
  'body-too-large',
  'unsupported-media-type',
]

/** Problems of every operation, in its response `5XX`. */
const SERVER_PROBLEMS: readonly ProblemCode[] = ['internal-error', 'busy', 'database-unavailable', 'stopping']

/** Problems that follow from what an operation accepts and requires. */
function generalProblems (path: string, operation: OperationObject): ProblemCode[] {
  const { parameters = [], requestBody, security = [] } = operation
  const hasParameter = (place: string): boolean => parameters.some((one) => one.in === place)
  const acceptsApiTokens = security.some(({ apiToken }) => apiToken !== undefined)
  const needsToken = security.some(({ bearer }) => bearer !== undefined)
  return [
    ...(requestBody?.content?.['application/json'] === undefined ? [] : JSON_BODY_PROBLEMS),
    ...(hasParameter('query') ? ['validation-failed'] as const : []),
    ...(needsToken ? ['unauthorized', 'forbidden'] as const : []),
    ...(needsToken ? [acceptsApiTokens ? 'insufficient-scope' : 'token-not-accepted'] as const : []),
    ...(needsToken && path.includes('{profileId}') ? ['profile-locked'] as const : []),
    ...(hasParameter('path') ? ['not-found'] as const : []),
    ...(parameters.some(({ name }) => name === 'idempotency-key')
      ? ['request-in-progress', 'idempotency-key-reused'] as const
      : []),
    ...(UNLIMITED_PATHS.test(path) ? [] : ['rate-limited'] as const),
  ]
}

/** Codes of the problems of an operation, without those of the server. */
export function listProblems (path: string, operation: OperationObject): ProblemCode[] {
  const specific = OPERATION_PROBLEMS[operation.operationId ?? ''] ?? []
  return [...new Set([...generalProblems(path, operation), ...specific])]
}

/** Codes with one status share an example; the status of the others depends on the operation. */
function exampleName (code: ProblemCode, status: number): string {
  return PROBLEMS[code].statuses.length === 1 ? code : `${code}-${status}`
}

function toExample (code: ProblemCode, status: number) {
  const { title, advice } = PROBLEMS[code]
  const detail = `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`
  return {
    summary: detail,
    value: {
      type: `https://normflix.example/problems/${code}`,
      title,
      status,
      detail,
      code,
      requestId: EXAMPLE_REQUEST_ID,
    },
  }
}

function referToExamples (codes: readonly ProblemCode[], status = 0) {
  return Object.fromEntries(
    codes.map((code) => [code, { $ref: `#/components/examples/${exampleName(code, status)}` }]),
  )
}

/** Adds the responses of an operation's problems. The responses for other errors of a class stay. */
function addProblems (path: string, operation: OperationObject): void {
  const codes = listProblems(path, operation)
  const acceptsForm = operation.requestBody?.content?.[FORM_MEDIA_TYPE] !== undefined
  const statuses = new Set(codes.flatMap((code) => PROBLEMS[code].statuses as readonly number[]))
  const { '4XX': clientErrors, '5XX': serverErrors, ...successes } = operation.responses ?? {}
  const problems = [...statuses].sort((one, other) => one - other).map((status) => {
    const ofStatus = codes.filter((code) => (PROBLEMS[code].statuses as readonly number[]).includes(status))
    const media = {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: referToExamples(ofStatus, status),
    }
    return [String(status), {
      description: ofStatus.map((code) => `\`${code}\``).join(', '),
      content: { [PROBLEM_MEDIA_TYPE]: media, ...(acceptsForm ? { 'application/json': media } : {}) },
    }]
  })
  const serverErrorBody = serverErrors?.content?.[PROBLEM_MEDIA_TYPE]
  if (serverErrorBody !== undefined) serverErrorBody.examples = referToExamples(SERVER_PROBLEMS)
  operation.responses = {
    ...successes,
    ...Object.fromEntries(problems),
    ...(clientErrors === undefined ? {} : { '4XX': clientErrors }),
    ...(serverErrors === undefined ? {} : { '5XX': serverErrors }),
  }
}

export function describeProblems (document: Document): void {
  const used = new Set<ProblemCode>(SERVER_PROBLEMS)
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      for (const code of listProblems(path, operation)) used.add(code)
      addProblems(path, operation)
    }
  }
  document.components.examples = Object.fromEntries(
    (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => used.has(code)).flatMap((code) =>
      PROBLEMS[code].statuses.map((status) => [exampleName(code, status), toExample(code, status)])
    ),
  )
}
