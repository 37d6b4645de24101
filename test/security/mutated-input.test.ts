// Seeded mutations of every body never cause a 500. NORMFLIX_TEST_MUTANTS and NORMFLIX_TEST_SEED set number and seed.
import t from 'tap'
import { startApp } from '../support/app.js'
import { sendMutants } from './mutated-bodies.js'
import { createWorld } from './operations.js'

const COUNT = Number(process.env['NORMFLIX_TEST_MUTANTS'] ?? 2_000)
const seed = process.env['NORMFLIX_TEST_SEED'] ?? '20260101'
const SEED = seed === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(seed)

t.test('mutated input never causes a 500', { timeout: 270_000 }, async (t) => {
  const { sent, byStatus, wrong } = await sendMutants(await createWorld(await startApp(t)), COUNT, SEED)
  t.strictSame(wrong.slice(0, 20), [])
  t.ok(Object.keys(byStatus).length > 3, 'mutants get past the first check')
  t.comment(
    `${sent} mutated bodies with seed ${SEED}: ${wrong.length} wrong responses, by status ${JSON.stringify(byStatus)}`,
  )
})
