// Prometheus metrics of this process.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { Type } from 'typebox'
import { responses } from '../src/schemas/common.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { TitleSearch } from '../src/search/title-search.js'

export interface MetricsRouteOptions {
  readonly catalogue: Catalogue
  readonly search: TitleSearch
}

const metrics: FastifyPluginAsyncTypebox<MetricsRouteOptions> = async (app, deps) => {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [register],
  })
  register.registerMetric(
    new Gauge({
      name: 'normflix_catalogue_titles',
      help: 'Titles in the catalogue in memory',
      registers: [],
      collect () {
        this.set([...deps.catalogue.titles()].length)
      },
    }),
  )
  register.registerMetric(
    new Gauge({
      name: 'normflix_search_heap_bytes',
      help: "Memory that the search index's thread has in use",
      registers: [],
      async collect () {
        this.set(await deps.search.readMemory().catch(() => NaN))
      },
    }),
  )
  app.addHook('onResponse', async (request, reply) => {
    durations.observe({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    }, reply.elapsedTime / 1_000)
  })
  app.addHook('onClose', async () => {
    register.clear()
  })
  app.get(
    '/metrics',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        tags: ['service'],
        summary: "Metrics in Prometheus' text format; keep it inside your network",
        operationId: 'getMetrics',
        response: responses({ 200: { description: 'Metrics', content: { 'text/plain': { schema: Type.String() } } } }),
      },
    },
    async (_request, reply) =>
      await reply.type(register.contentType).serializer((text: string) => text).send(await register.metrics()),
  )
}

// Not encapsulated: it measures every route.
export default fp(metrics, { name: 'metrics' })
