// Input never makes a 500: seeded mutants of every body; NORMFLIX_MUTANTS and NORMFLIX_SEED ask for more or for others.
import t from 'tap'
import { startApp } from '../helper.js'
import { sendMutants } from './mutated-bodies.js'
import { createWorld } from './operations.js'

const COUNT = Number(process.env['NORMFLIX_MUTANTS'] ?? 2_000)
const SEED = Number(process.env['NORMFLIX_SEED'] ?? 20_260_101)

t.test('input never makes a 500', { timeout: 270_000 }, async (t) => {
  const { sent, byStatus, wrong } = await sendMutants(await createWorld(await startApp(t)), COUNT, SEED)
  t.strictSame(wrong.slice(0, 20), [])
  t.ok(Object.keys(byStatus).length > 3, 'they get beyond the first check')
  t.comment(
    `input never makes a 500: ${sent} mutated bodies (seed ${SEED}), ${wrong.length} improper answers, by status ${
      JSON.stringify(byStatus)
    }`,
  )
})
