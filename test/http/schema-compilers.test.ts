// Schemas become functions once, which is most of what a start costs.
import t from 'tap'
import { createCompilers } from '../../src/http/schema-compilers.js'
import { startApp } from '../helper.js'

const THING = { $id: 'Thing', type: 'object', properties: { name: { type: 'string' } } }
const schema = { type: 'array', items: { $ref: 'Thing#' } }

t.test('whichever plugin asks, a schema is compiled once', async (t) => {
  const { buildSerializer, buildValidator } = createCompilers() as any
  const write = buildSerializer({ Thing: THING }, {})({ schema })
  t.equal(write([{ name: 'A', secret: 1 }]), '[{"name":"A"}]')
  t.equal(buildSerializer({ Thing: { ...THING } }, {})({ schema: structuredClone(schema) }), write)
  t.equal(buildValidator({ Thing: THING }), buildValidator({ Thing: { ...THING } }))
  t.equal(buildValidator({ Thing: THING })({ schema, httpPart: 'body' })([{ name: 1 }]), false)
})

t.test('plugins that know other schemas have compilers of their own, and so have other apps', async (t) => {
  const { buildSerializer, buildValidator } = createCompilers() as any
  t.not(buildValidator({ Thing: THING }), buildValidator({ Thing: THING, Other: { $id: 'Other', type: 'string' } }))
  t.not(buildSerializer({ Thing: THING }, {})({ schema }), buildSerializer({}, {})({ schema: { type: 'array' } }))
  t.not((createCompilers() as any).buildValidator({ Thing: THING }), buildValidator({ Thing: THING }))
})

t.test('the whole service is put together in less than 2.5 s of processor time', async (t) => {
  await startApp(t)
  const before = process.cpuUsage()
  await startApp(t)
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  t.ok(seconds < 2.5, `${seconds.toFixed(2)} s`)
})
