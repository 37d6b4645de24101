// Reads environment variables: converts and validates them by the schema, and finds misspelled names.
import { readFileSync } from 'node:fs'
import { Value } from 'typebox/value'
import { editDistance } from '../domain/text.js'
import {
  EnvironmentVariables,
  KNOWN_NAMES,
  SECRET_NAMES,
  VARIABLE_NAMES,
  type EnvironmentValues,
  type VariableName,
} from './variables.js'

export type Variables = Readonly<Record<string, string | undefined>>

export interface ConfigProblem {
  readonly variable: string
  /** Completes the sentence "VARIABLE …"; never contains the value. */
  readonly rule: string
}

/**
 * Converts and validates environment variables; an empty variable counts as missing.
 * @returns the values, with defaults in place of invalid ones, and all problems
 */
export function readVariables (variables: Variables): { values: EnvironmentValues, problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = []
  const values: Record<string, unknown> = {}
  for (const name of VARIABLE_NAMES) {
    // Settings of a store that is not used are not checked.
    if (name.startsWith('S3_') && variables['STORAGE'] !== 's3') continue
    const text = readText(variables, name, problems)
    if (text !== null) values[name] = convert(name, text)
  }
  for (const { instancePath, keyword, message } of Value.Errors(EnvironmentVariables, withDefaults(values))) {
    const variable = instancePath.split('/')[1] as VariableName
    if (problems.some((problem) => problem.variable === variable)) continue
    problems.push({ variable, rule: keyword === '~refine' ? message : ruleOf(variable) })
    delete values[variable]
  }
  return { values: withDefaults(values) as EnvironmentValues, problems }
}

const withDefaults = (values: Record<string, unknown>): unknown => Value.Default(EnvironmentVariables, { ...values })

function readText (variables: Variables, name: VariableName, problems: ConfigProblem[]): string | null {
  const file = SECRET_NAMES.has(name) ? variables[`${name}_FILE`] : undefined
  if (file === undefined || file === '') return variables[name] || null
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch {
    problems.push({ variable: `${name}_FILE`, rule: 'must name a readable file' })
    return null
  }
}

/** A text that is not of the schema's type stays a text, which the schema rejects. */
function convert (name: VariableName, text: string): unknown {
  const { type } = EnvironmentVariables.properties[name] as { type?: string }
  if (type === 'integer') return /^\d+$/.test(text) ? Number(text) : text
  if (type === 'array') return text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '')
  return text
}

function ruleOf (name: VariableName): string {
  const { enum: values, minimum, maximum } = EnvironmentVariables.properties[name] as {
    enum?: readonly string[],
    minimum?: number,
    maximum?: number,
  }
  if (values !== undefined) return `must be one of ${values.join(', ')}`
  return `must be a whole number from ${minimum} to ${maximum}`
}

/** @returns a warning for each variable that is probably a misspelled one of NormFlix */
export function findMisspelledVariables (variables: Variables): string[] {
  return Object.keys(variables).filter((name) => variables[name] && !KNOWN_NAMES.includes(name)).flatMap((name) => {
    const similar = findSimilarName(name)
    if (similar !== null) return [`${name} is not a variable of NormFlix; did you mean ${similar}?`]
    return /^NORMFLIX_(?!TEST_)/.test(name) ? [`${name} is not a variable of NormFlix`] : []
  })
}

function findSimilarName (name: string): string | null {
  const candidates = KNOWN_NAMES.map((known) => ({ known, edits: editDistance(name, known, maxEditsOf(name, known)) }))
    .filter(({ known, edits }) => edits <= maxEditsOf(name, known))
  return candidates.sort((a, b) => a.edits - b.edits)[0]?.known ?? null
}

/**
 * Short names have many neighbours, such as HOST and POST: only an additional letter counts, as in SEEDS.
 * AWS_ACCESS_KEY_ID is 3 edits from S3_ACCESS_KEY_ID.
 */
function maxEditsOf (name: string, known: string): number {
  if (known.length <= 5) return name.length > known.length ? 1 : 0
  if (known.length <= 8) return 1
  return known.length > 10 && name[0] === known[0] ? 3 : 2
}
