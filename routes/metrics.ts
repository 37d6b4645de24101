// Prometheus metrics of the process.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { DomainError } from '../src/errors.js'
import { registerServiceMetrics } from '../src/plugins/service-metrics.js'
import { responses } from '../src/schemas/common.js'
import type { TitleSearch } from '../src/search/title-search.js'

const PLAYBACK_OPERATION = 'startPlayback'
/** The delay of the event loop is measured at this interval, which the values contain. Shorter ones cost idle CPU. */
const EVENT_LOOP_INTERVAL_MS = 100

export interface MetricsRouteOptions {
  readonly catalogue: Catalogue
  readonly search: TitleSearch
  /** IDs of the plans. */
  readonly plans: readonly string[]
  now(): Date
}

const metrics: FastifyPluginAsyncTypebox<MetricsRouteOptions> = async (app, { catalogue, search, plans, now }) => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_INTERVAL_MS })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Response time by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  registry.registerMetric(
    new Gauge({
      name: 'normflix_catalogue_titles',
      help: 'Number of titles in the catalogue',
      registers: [],
      collect () {
        this.set([...catalogue.titles()].length)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'normflix_search_heap_bytes',
      help: 'Used heap of the search thread, bytes',
      registers: [],
      async collect () {
        this.set(await search.readMemory().catch(() => NaN))
      },
    }),
  )
  const playbackStarts = new Counter({
    name: 'normflix_playback_starts_total',
    help: 'Requests to start playback by result: started, or the code of the problem',
    labelNames: ['result'],
    registers: [registry],
  })
  const stopMeasuring = registerServiceMetrics(registry, { plans, now })
  const problemCodes = new WeakMap<FastifyRequest, string>()
  app.addHook('onError', async (request, _reply, error) => {
    problemCodes.set(request, error instanceof DomainError ? error.code : 'other')
  })
  app.addHook('onResponse', (request, reply, done) => {
    durations.observe({
      method: request.method,
      route: routeTemplate(request),
      status: String(reply.statusCode),
    }, reply.elapsedTime / 1_000)
    if (request.routeOptions.schema?.operationId === PLAYBACK_OPERATION) {
      playbackStarts.inc({ result: reply.statusCode < 400 ? 'started' : problemCodes.get(request) ?? 'other' })
    }
    done()
  })
  app.addHook('onClose', async () => {
    stopMeasuring()
    registry.clear()
  })

  app.get('/metrics', {
    config: { access: 'public', rateLimit: false },
    schema: {
      tags: ['Service'],
      summary: 'Get metrics in the text format of Prometheus',
      description: 'Do not expose this route outside of your network.',
      operationId: 'getMetrics',
      response: responses({ 200: { description: 'Metrics', content: { 'text/plain': { schema: Type.String() } } } }),
    },
  }, async (_request, reply) => {
    const text = await registry.metrics()
    return await reply.type(registry.contentType).serializer((payload: string) => payload).send(text)
  })
}

/** The path of a route with the names of its parameters, without their regular expressions. */
function routeTemplate ({ routeOptions: { url } }: FastifyRequest): string {
  if (url === undefined) return 'none'
  const template = templates.get(url) ?? url.replace(/\([^()]*\)/g, '')
  templates.set(url, template)
  return template
}

/** By path of a route. */
const templates = new Map<string, string>()

// Not encapsulated: the hook measures all routes.
export default fp(metrics, { name: 'metrics' })
