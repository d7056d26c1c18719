import type { FastifyRequest } from 'fastify'
import { refusedByBrowser } from '../contract/tracking-responses.ts'

/**
 * Whether the visitor's browser forbids tracking: `Sec-GPC: 1`, which no page can set or take away (W3C,
 * Global Privacy Control). Asked only where the browser itself is the caller.
 */
export function forbidsTracking(request: FastifyRequest): boolean {
  return request.headers['sec-gpc'] === '1'
}

/** What such a browser is answered. Nothing is stored. */
export const notTracked = { success: false, message: refusedByBrowser }
