/** Something of a program, as a key of maps and sets: ids mean something only within their program. */
export function programKey(programId: number, id: string | number): string {
  return `${programId} ${id}`
}
