const everyMs = 20
const deadlineMs = 20_000

/** Asks until the answer is yes. Rejects when it is not within a time that a slow machine does not need. */
export async function waitFor(what: string, ask: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!(await ask())) {
    if (performance.now() > endMs) throw new Error(`Waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
