// The file that replaces the default plans: its schema and its rules.
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { MAX_PROFILES, MAX_STREAMS, type Plan } from './plans.js'

const strict = { additionalProperties: false }

/** `{ "plans": [...] }`, smallest plan first. */
export const PlansFile = Type.Object({
  $schema: Type.Optional(Type.String()),
  plans: Type.Array(
    Type.Object({
      id: Type.String({
        pattern: '^[a-z0-9][a-z0-9-]{0,30}$',
        description: 'ID of the plan; accounts refer to it, so it never changes',
      }),
      name: Type.String({ minLength: 1, maxLength: 50, pattern: '\\S', description: 'Display name' }),
      maxProfiles: Type.Integer({ minimum: 1, maximum: MAX_PROFILES, description: 'Maximum usable profiles' }),
      maxStreams: Type.Integer({ minimum: 1, maximum: MAX_STREAMS, description: 'Maximum concurrent streams' }),
      maxHeight: Type.Integer({ minimum: 144, maximum: 8_640, description: 'Maximum video height, pixels' }),
      price: Type.Object({
        amount: Type.Integer({
          minimum: 0,
          maximum: 1_000_000_000,
          description: 'Price per month, in minor units of the currency',
        }),
        currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code' }),
      }, strict),
    }, strict),
    { minItems: 1, maxItems: 20 },
  ),
}, strict)

type PlansInFile = Static<typeof PlansFile>

/** Parses the text of a plans file. @returns the plans, or the rule that the file breaks and where */
export function parsePlansFile (
  text: string,
): { readonly plans: readonly Plan[], readonly problem: null } | { readonly problem: string } {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    return { problem: 'must name a JSON file' }
  }
  const problem = findSchemaProblem(content) ?? findOrderProblem((content as PlansInFile).plans)
  if (problem !== null) return { problem: `must name a file with plans: ${problem}` }
  return { plans: (content as PlansInFile).plans, problem: null }
}

function findSchemaProblem (content: unknown): string | null {
  const [error] = Value.Errors(PlansFile, content)
  if (error === undefined) return null
  const pointer = error.instancePath === '' ? 'the document' : error.instancePath
  return `${pointer} ${error.keyword === 'boolean' ? 'is not a known field' : error.message}`
}

/** The smallest plan for a resolution is the first one that fits: a later plan must not allow less. */
function findOrderProblem (plans: readonly Plan[]): string | null {
  const ids = plans.map(({ id }) => id)
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i)
  if (repeated !== undefined) return `/plans/${ids.lastIndexOf(repeated)}/id repeats the ID of an earlier plan`
  const smaller = plans.findIndex((plan, i) => isSmaller(plan, plans[i - 1] ?? plan))
  if (smaller !== -1) return `/plans/${smaller} has a lower limit than the plan before it; list the smallest plan first`
  return null
}

function isSmaller (plan: Plan, before: Plan): boolean {
  return plan.maxProfiles < before.maxProfiles || plan.maxStreams < before.maxStreams ||
    plan.maxHeight < before.maxHeight
}
