import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../contract/error-codes.ts'

/** Who calls: the program whose key came with the request. */
export interface ProgramCaller {
  programId: number
  keyId: number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireProgramKey` and `acceptProgramKey`; null in browser mode. */
    caller: ProgramCaller | null
  }
}

/** Looks a program key up. Null for unknown, revoked, expired and of another kind: callers learn no more. */
export type FindProgramKey = (key: string) => Promise<ProgramCaller | null>

/** The caller of a request that has passed `requireProgramKey`. */
export function callerOf(request: FastifyRequest): ProgramCaller {
  if (request.caller === null) throw new Error('This route forgot requireProgramKey')
  return request.caller
}

/** A hook that lets only a program key pass. It runs before the body is read. */
export function requireProgramKey(findProgramKey: FindProgramKey) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    request.caller = await authenticate(request.headers.authorization, findProgramKey)
  }
}

/** A hook for routes that also serve browsers: no header is fine, a bad key is not. */
export function acceptProgramKey(findProgramKey: FindProgramKey) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    if (request.headers.authorization === undefined) return
    request.caller = await authenticate(request.headers.authorization, findProgramKey)
  }
}

async function authenticate(
  header: string | undefined,
  findProgramKey: FindProgramKey,
): Promise<ProgramCaller> {
  const key = /^Bearer +(\S+)$/i.exec(header?.trim() ?? '')?.[1]
  if (key === undefined) {
    throw new ApiError('missing_credentials', 'Missing or invalid Authorization header')
  }
  const caller = await findProgramKey(key)
  if (caller === null) throw new ApiError('invalid_credentials', 'Invalid API token')
  return caller
}
