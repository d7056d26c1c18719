import type { FastifyInstance } from 'fastify'
import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'
import { Type } from 'typebox'

/** All metrics of one process, as prom-client writes them for others to add up. */
export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[]

/** How the workers of one server tell each other their metrics. */
export interface MetricsExchange {
  /** Says how to read those of this worker. */
  offer(read: () => Promise<ProcessMetrics>): void
  /** Those of every worker, this one among them. */
  gather(): Promise<ProcessMetrics[]>
}

export interface OperationsDeps {
  /** Rejects when the database cannot be reached or its schema is not this server's. */
  checkReady: () => Promise<void>
  /** Read when the metrics are asked for. */
  gauges: Record<string, { help: string; read: () => number }>
  exchange?: MetricsExchange | undefined
}

const status = Type.Object({ status: Type.String() }, { description: 'The state in one word.' })
const metricsText = Type.String({ description: 'One metric a line.' })

/** Health, readiness and metrics. Routes are named by their pattern: no id, key or email reaches a label. */
export function registerOperations(app: FastifyInstance, deps: OperationsDeps): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const seconds = new Histogram({
    name: 'affitor_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'affitor_http_failures_total',
    help: 'Answers with a status of 500 or more.',
    labelNames: ['route'],
    registers: [registry],
  })
  for (const [name, { help, read }] of Object.entries(deps.gauges)) {
    new Gauge({
      name: `affitor_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  }

  const { exchange } = deps
  exchange?.offer(() => registry.getMetricsAsJSON())

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const labels = { method: request.method, route, status: String(reply.statusCode) }
    seconds.observe(labels, reply.elapsedTime / 1000)
    if (reply.statusCode >= 500) failures.inc({ route })
  })

  const operation = (operationId: string, summary: string, description: string) => ({
    operationId,
    tags: ['Operations'],
    summary,
    description,
  })
  app.route({
    method: 'GET',
    url: '/healthz',
    schema: {
      ...operation('health', 'Is the process alive?', 'Answers as long as the process runs.'),
      response: { 200: status },
    },
    handler: async () => ({ status: 'ok' }),
  })
  app.route({
    method: 'GET',
    url: '/readyz',
    schema: {
      ...operation(
        'readiness',
        'Can it take requests?',
        "200 when the database answers and its schema is this server's, else 503.",
      ),
      response: { 200: status, 503: status },
    },
    handler: async (request, reply) => {
      try {
        await deps.checkReady()
        return { status: 'ready' }
      } catch (error) {
        request.log.warn({ error: String(error) }, 'not ready')
        return reply.code(503).send({ status: 'not ready' })
      }
    },
  })
  app.route({
    method: 'GET',
    url: '/metrics',
    schema: {
      ...operation('metrics', 'Metrics', 'In the text format of Prometheus.'),
      produces: ['text/plain'],
      response: { 200: metricsText },
    },
    handler: async (_request, reply) => {
      reply.type(registry.contentType)
      if (exchange === undefined) return registry.metrics()
      return AggregatorRegistry.aggregate(await exchange.gather()).metrics()
    },
  })
}
