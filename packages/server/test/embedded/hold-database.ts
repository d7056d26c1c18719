// A server reduced to its database, for the tests that kill or refuse one: prints the connection
// as one line of JSON and holds the database until SIGTERM.
import { startEmbedded } from '../../src/db/embedded/open.ts'
import { StartError } from '../../src/shared/errors.ts'

const dataDir = process.argv[2] ?? ''
const starting = startEmbedded({
  dataDir,
  log: () => {},
  onFatal: (error) => {
    throw error
  },
})
const alive = setInterval(() => {}, 60_000)
// Listened to before the start has ended, because the database answers others before; and for every
// signal, because a second one that nobody listens to would end this process before its database.
process.on('SIGTERM', async () => {
  const started = await starting.catch(() => null)
  await started?.stop()
  clearInterval(alive)
})
try {
  const { connection } = await starting
  process.stdout.write(`${JSON.stringify(connection)}\n`)
} catch (error) {
  clearInterval(alive)
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : String(error))
  process.exitCode = error instanceof StartError ? 1 : 2
}
