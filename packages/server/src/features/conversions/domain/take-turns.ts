/**
 * Which jobs of a batch can be decided together: true for the first that has a name, each given by what
 * it must share with nobody. The others have to see what the first did, so they wait for its commit. One
 * without names waits for nobody.
 */
export function takeTurns(namesOfJobs: readonly (readonly string[])[]): boolean[] {
  const taken = new Set<string>()
  return namesOfJobs.map((names) => {
    const isFirst = !names.some((name) => taken.has(name))
    // Also of one that waits: whoever comes after it must not overtake it.
    for (const name of names) taken.add(name)
    return isFirst
  })
}
