import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'
import type { RateLimits } from './rate-limits.ts'

interface MaybeTestBody {
  additional_data?: { test_mode?: boolean; program_id?: number | string }
}

export function isTestMode(body: MaybeTestBody): boolean {
  return body.additional_data?.test_mode === true
}

/**
 * The program of a test event: the key's, or without a key the one that the body names.
 * Throws ApiError when neither names one. Whether it exists is for the caller to find out.
 */
export function testProgramId(
  request: FastifyRequest,
  body: MaybeTestBody,
  reply: FastifyReply,
  limits: RateLimits,
): number {
  if (request.caller !== null) return request.caller.programId
  // Its answer need not wait for other processes: what they tell counts from the next one on.
  limits.byAddress('testEvent', request, reply)?.catch(() => undefined)
  const named = body.additional_data?.program_id
  if (named === undefined) {
    throw new ApiError('invalid_request', 'additional_data.program_id is required in test mode')
  }
  return Number(named)
}

export function unknownProgram(): ApiError {
  return new ApiError('program_not_found', 'additional_data.program_id names no program')
}

/** What every test event answers. */
export function testEventAnswer(
  event: 'click' | 'lead' | 'sale' | 'refund',
  eventId: number,
  programId: number,
) {
  return {
    success: true,
    message: `Test ${event} event tracked successfully`,
    data: { eventId, programId, test_mode: true },
  }
}
