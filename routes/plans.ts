// The plans, for everybody.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listPlans } from '../src/domain/plans.js'
import { PlanView } from '../src/schemas/account.js'
import { responses, listSchema, ref } from '../src/schemas/common.js'

const plans: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/plans', {
    config: { access: 'public' },
    schema: {
      tags: ['account'],
      summary: 'The plans and what each allows',
      operationId: 'listPlans',
      response: responses({ 200: listSchema(ref(PlanView)) }),
    },
  }, async () => ({ items: [...listPlans()] }))
}

export default plans
