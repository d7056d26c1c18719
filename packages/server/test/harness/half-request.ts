import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/**
 * Sends a whole request and half of another in one piece. The answer to the first says that the
 * server has read the half.
 */
export function sendAndAHalf(t: TestContext, url: string, half: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  t.after(() => socket.destroy())
  return new Promise((resolve, reject) => {
    // Cut off by the server: what this test wants.
    socket.on('error', reject)
    socket.once('data', (bytes) => {
      if (/^HTTP\/1\.1 200 /.test(String(bytes))) resolve(socket)
      else reject(new Error(`Not the answer that was asked for: ${bytes}`))
    })
    socket.write(`GET /healthz HTTP/1.1\r\nHost: shop\r\n\r\n${half}`)
  })
}
