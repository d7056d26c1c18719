// A server reduced to its database, for the tests that kill or refuse one: prints the connection
// as one line of JSON and holds the database until SIGTERM.
import { startEmbedded } from '../../src/db/embedded/open.ts'
import { StartError } from '../../src/shared/errors.ts'

const dataDir = process.argv[2] ?? ''
try {
  const started = await startEmbedded({
    dataDir,
    log: () => {},
    onFatal: (error) => {
      throw error
    },
  })
  const alive = setInterval(() => {}, 60_000)
  process.once('SIGTERM', async () => {
    await started.stop()
    clearInterval(alive)
  })
  process.stdout.write(`${JSON.stringify(started.connection)}\n`)
} catch (error) {
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : String(error))
  process.exitCode = error instanceof StartError ? 1 : 2
}
