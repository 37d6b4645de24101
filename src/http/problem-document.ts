// The form of problem documents (RFC 9457), and problems that several layers of HTTP report.

/** Problem types are identifiers, not links; docs/concepts/problems.md lists their codes. */
const TYPE_BASE = 'https://normflix.example/problems/'

export type ProblemTexts = readonly [code: string, title: string, detail: string]

export const MALFORMED_REQUEST: ProblemTexts = [
  'malformed-request',
  'Invalid request',
  'The request cannot be parsed.',
]
export const REQUEST_TIMEOUT: ProblemTexts = [
  'request-timeout',
  'Request timeout',
  'The request took too long to arrive.',
]

/** @param extensions further fields */
export function toProblemDocument (
  status: number,
  [code, title, detail]: ProblemTexts,
  requestId: string,
  extensions: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { type: TYPE_BASE + code, title, status, detail, code, requestId, ...extensions }
}
