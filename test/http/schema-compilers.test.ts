// Schemas are compiled once, because compilation is most of the startup time.
import t from 'tap'
import { createSchemaCompilers } from '../../src/http/schema-compilers.js'
import { startApp } from '../support/app.js'

const PERSON = { $id: 'Person', type: 'object', properties: { name: { type: 'string' } } }
const schema = { type: 'array', items: { $ref: 'Person#' } }

t.test('plugins with the same shared schemas share compiled schemas', async (t) => {
  const { buildSerializer, buildValidator } = createSchemaCompilers() as any
  const serialize = buildSerializer({ Person: PERSON }, {})({ schema })
  t.equal(serialize([{ name: 'A', secret: 1 }]), '[{"name":"A"}]')
  t.equal(buildSerializer({ Person: { ...PERSON } }, {})({ schema: structuredClone(schema) }), serialize)
  t.equal(buildValidator({ Person: PERSON }), buildValidator({ Person: { ...PERSON } }))
  t.equal(buildValidator({ Person: PERSON })({ schema, httpPart: 'body' })([{ name: 1 }]), false)
})

t.test('plugins with other shared schemas, and other apps, have separate compilers', async (t) => {
  const { buildSerializer, buildValidator } = createSchemaCompilers() as any
  t.not(buildValidator({ Person: PERSON }), buildValidator({ Person: PERSON, Other: { $id: 'Other', type: 'string' } }))
  t.not(buildSerializer({ Person: PERSON }, {})({ schema }), buildSerializer({}, {})({ schema: { type: 'array' } }))
  t.not((createSchemaCompilers() as any).buildValidator({ Person: PERSON }), buildValidator({ Person: PERSON }))
})

t.test('building the app takes less than 2.5 s of CPU time', async (t) => {
  await startApp(t)
  const before = process.cpuUsage()
  await startApp(t)
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  t.ok(seconds < 2.5, `${seconds.toFixed(2)} s`)
})
