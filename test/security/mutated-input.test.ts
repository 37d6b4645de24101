// Seeded mutations of every body never cause a 500. NORMFLIX_MUTANTS and NORMFLIX_SEED change their number and seed.
import t from 'tap'
import { startApp } from '../support/app.js'
import { sendMutants } from './mutated-bodies.js'
import { createWorld } from './operations.js'

const COUNT = Number(process.env['NORMFLIX_MUTANTS'] ?? 2_000)
const SEED = Number(process.env['NORMFLIX_SEED'] ?? 20_260_101)

t.test('mutated input never causes a 500', { timeout: 270_000 }, async (t) => {
  const { sent, byStatus, wrong } = await sendMutants(await createWorld(await startApp(t)), COUNT, SEED)
  t.strictSame(wrong.slice(0, 20), [])
  t.ok(Object.keys(byStatus).length > 3, 'mutants get past the first check')
  t.comment(
    `${sent} mutated bodies with seed ${SEED}: ${wrong.length} wrong responses, by status ${JSON.stringify(byStatus)}`,
  )
})
