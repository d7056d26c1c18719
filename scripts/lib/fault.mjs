/** A problem the person at the terminal can mend. Its message is one line and is shown alone. */
export class Fault extends Error {}

const oldestNode = [20, 19]

/**
 * Runs the body of a script. A Fault becomes its one line on stderr and exit code 1; anything else
 * is a defect of ours and keeps its stack.
 */
export async function runScript(body) {
  try {
    requireNode()
    await body()
  } catch (error) {
    console.error(error instanceof Fault ? error.message : error)
    process.exit(1)
  }
}

/** Throws a Fault when this Node.js is older than the project supports. */
function requireNode() {
  const version = process.versions.node
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldestNode
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new Fault(`Affitor needs Node.js ${oldestNode.join('.')} or newer; this is ${version}.`)
}
