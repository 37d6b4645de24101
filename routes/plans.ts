// The plans that are offered.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Config } from '../src/config.js'
import { listSchema, ref, responses } from '../src/schemas/common.js'
import { Plan } from '../src/schemas/plans.js'

export interface PlansRouteOptions {
  readonly config: Pick<Config, 'plans'>
}

const plans: FastifyPluginAsyncTypebox<PlansRouteOptions> = async (app, { config }) => {
  app.get('/plans', {
    config: { access: 'public' },
    schema: {
      tags: ['Account'],
      summary: 'List the plans and their limits',
      description: 'The smallest plan first, with price per month, profiles, streams at a time and maximum video ' +
        'height.',
      operationId: 'listPlans',
      response: responses({ 200: listSchema(ref(Plan)) }),
    },
  }, async () => ({ items: [...config.plans.plans] }))
}

export default plans
