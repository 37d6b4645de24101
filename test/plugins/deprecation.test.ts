// A deprecated route states it in its headers and in the OpenAPI document, and is given enough notice.
import Fastify from 'fastify'
import swagger from '@fastify/swagger'
import t from 'tap'
import deprecationPlugin, { deprecationHeaders } from '../../src/plugins/deprecation.js'
import { completeDocument } from '../../src/plugins/openapi-document.js'

const DEPRECATED = { since: '2027-01-01', sunset: '2027-07-01', link: '/guides/tv-app' }
type Node = Record<string, any>

t.test('responses of a deprecated route have Deprecation, Sunset and a link, rejections too', async (t) => {
  const app = Fastify()
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'API', version: '1.0.0' } },
    transformObject: (document) => completeDocument((document as { openapiObject: object }).openapiObject) as never,
  })
  await app.register(deprecationPlugin)
  const schema = {
    operationId: 'listOld',
    summary: 'List the old',
    description: 'All of them.',
    response: { 200: { type: 'array', items: { type: 'string' }, description: 'List' } },
  }
  app.get('/old', { config: { deprecated: DEPRECATED } as never, schema }, async () => [])
  app.get('/old/rejected', {
    config: { deprecated: DEPRECATED } as never,
    onRequest: (_request, reply) => {
      void reply.code(403).send({ code: 'forbidden' })
    },
  }, async () => [])
  app.get('/new', { schema: { ...schema, operationId: 'listNew' } }, async () => [])
  for (const url of ['/old', '/old/rejected']) {
    const { headers, statusCode } = await app.inject(url)
    t.equal(statusCode, url === '/old' ? 200 : 403)
    t.match(headers, {
      deprecation: '@1798761600',
      sunset: 'Thu, 01 Jul 2027 00:00:00 GMT',
      link: '</guides/tv-app>; rel="deprecation"',
    })
    t.match((await app.inject({ method: 'HEAD', url })).headers, { deprecation: '@1798761600' })
  }
  t.equal((await app.inject('/new')).headers['deprecation'], undefined)
  const { paths } = app.swagger() as Node
  t.match(paths['/old'].get, { deprecated: true, description: /^\*\*Deprecated since 2027-01-01.*All of them\.$/s })
  t.match(Object.keys(paths['/old'].get.responses['200'].headers), ['Deprecation', 'Sunset', 'Link'])
  t.equal(paths['/new'].get.deprecated, undefined)
  await app.close()
})

t.test('a sunset without enough notice, or an invalid date, stops the start', async (t) => {
  t.throws(() => deprecationHeaders({ ...DEPRECATED, sunset: '2027-05-01' }), /needs 180 days/)
  t.throws(() => deprecationHeaders({ ...DEPRECATED, since: 'soon' }), /needs 180 days/)
})
