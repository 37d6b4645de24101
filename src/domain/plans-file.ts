// The file that puts other plans in place of the built-in ones: what may stand in it, and which rule it breaks if any.
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { MAX_PROFILES, MAX_STREAMS, type Plan } from './plans.js'

const strictly = { additionalProperties: false }

/** `{ "plans": [...] }`, the smallest plan first: it is what sign-up gives when none is named. */
export const PlansFile = Type.Object({
  $schema: Type.Optional(Type.String()),
  plans: Type.Array(
    Type.Object({
      id: Type.String({
        pattern: '^[a-z0-9][a-z0-9-]{0,30}$',
        description: 'Stays as it is for ever: accounts refer to it',
      }),
      name: Type.String({ minLength: 1, maxLength: 50, pattern: '\\S', description: 'What people read' }),
      maxProfiles: Type.Integer({ minimum: 1, maximum: MAX_PROFILES }),
      maxStreams: Type.Integer({ minimum: 1, maximum: MAX_STREAMS, description: 'How many streams may play at once' }),
      maxHeight: Type.Integer({ minimum: 144, maximum: 8_640, description: 'The sharpest picture, in lines' }),
      price: Type.Object({
        amount: Type.Integer({
          minimum: 0,
          maximum: 1_000_000_000,
          description: 'A month, in minor units of the currency',
        }),
        currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
      }, strictly),
    }, strictly),
    { minItems: 1, maxItems: 20 },
  ),
}, strictly)

type PlansInFile = Static<typeof PlansFile>

/** Reads the text of a plans file. @returns the plans, or the rule that it breaks and where */
export function parsePlansFile (text: string): { readonly plans: readonly Plan[], readonly problem: string | null } {
  const refuse = (problem: string): { plans: readonly Plan[], problem: string } => ({ plans: [], problem })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    return refuse('must name a file of JSON')
  }
  const [error] = Value.Errors(PlansFile, content)
  if (error !== undefined) {
    return refuse(
      `must name a file of plans: ${error.instancePath === '' ? 'the document' : error.instancePath} ${
        error.keyword === 'boolean' ? 'is not a known field' : error.message
      }`,
    )
  }
  const { plans } = content as PlansInFile
  const ids = plans.map(({ id }) => id)
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i)
  if (repeated !== undefined) {
    return refuse(`must name a file of plans: /plans/${ids.lastIndexOf(repeated)}/id is there twice`)
  }
  const shrinking = plans.findIndex((plan, i) => isSmaller(plan, plans[i - 1] ?? plan))
  if (shrinking !== -1) {
    return refuse(
      `must name a file of plans: /plans/${shrinking} allows less of something than the plan before it; the smallest comes first`,
    )
  }
  return { plans, problem: null }
}

/** What plays a height is looked for from the first plan on, so that a later one must not allow less. */
function isSmaller (plan: Plan, before: Plan): boolean {
  return plan.maxProfiles < before.maxProfiles || plan.maxStreams < before.maxStreams ||
    plan.maxHeight < before.maxHeight
}
