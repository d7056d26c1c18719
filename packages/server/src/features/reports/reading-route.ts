import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { Static } from 'typebox'
import { ApiError } from '../../contract/error-codes.ts'
import { agentErrors, programParams, trackingReadErrors } from '../../contract/reading.ts'
import { callerOf } from '../../http/authorization.ts'

export interface Reading {
  name: 'events' | 'performance' | 'status'
  operationId: string
  summary: string
  description: string
  querystring: object
  answer: object
  onRequest: NonNullable<RouteOptions['onRequest']>
  read: (programId: number, query: unknown) => Promise<unknown>
}

const statuses = [400, 401, 404, 429, 500, 503]

/**
 * A reading of a program: by its id under the tracking paths, and as the key's own program. One handler;
 * only the form of errors differs, which goes by the path.
 */
export function readingRoute(app: FastifyInstance, reading: Reading): void {
  const { name, operationId, summary, description, querystring, answer, onRequest } = reading
  const about = { tags: ['Reading'], security: [{ programKey: [] }], querystring }
  app.route({
    method: 'GET',
    url: `/api/v1/programs/me/${name}`,
    schema: {
      ...about,
      ...{ operationId, summary, description },
      response: { 200: answer, ...agentErrors(...statuses.filter((status) => status !== 404)) },
    },
    onRequest,
    handler: async (request) => reading.read(callerOf(request).programId, request.query),
  })
  app.route({
    method: 'GET',
    url: `/api/tracking/${name}/:programId`,
    schema: {
      ...about,
      operationId: `${operationId}OfProgram`,
      summary: `${summary}, by program id`,
      description: `Answers as \`GET /api/v1/programs/me/${name}\`; errors are strings here.`,
      params: programParams,
      response: { 200: answer, ...trackingReadErrors(...statuses, 414) },
    },
    onRequest,
    handler: async (request) => reading.read(ownProgramId(request), request.query),
  })
}

/** A program that is not the key's own is answered like one that does not exist. */
function ownProgramId(request: FastifyRequest): number {
  const { programId } = request.params as Static<typeof programParams>
  const own = callerOf(request).programId
  if (programId !== String(own)) throw new ApiError('not_found', 'Program not found')
  return own
}
