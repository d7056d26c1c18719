import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** Somebody's web site, under any host name: the browser is told that all of them are here. */
export interface Site {
  /** The address of a page. */
  url(host: string, path?: string): string
  close(): Promise<void>
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A page for each path. */
export function pages(
  html: (path: string) => string,
  headers: Record<string, string> = {},
): Handler {
  return (request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers })
    response.end(html(new URL(request.url ?? '/', 'http://site').pathname))
  }
}

export async function startSite(handler: Handler, isSecure = false): Promise<Site> {
  const pem = (name: string) => readFileSync(new URL(`fixtures/${name}.pem`, import.meta.url))
  const server = isSecure
    ? createSecureServer({ key: pem('test-only-key'), cert: pem('test-only-cert') }, handler)
    : createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (host, path = '/') => `${isSecure ? 'https' : 'http'}://${host}:${port}${path}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
