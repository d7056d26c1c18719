import type { Database, Tx } from '../../db/database.ts'
import type { Randomness } from '../../shared/random.ts'
import { type KeyKind, keyRandomBytes, makeKey } from './domain/api-key.ts'
import { insertKey, revokeProgramKeys } from './store.ts'

/** Makes and stores a key. What it returns is shown once and cannot be read again. */
export async function issueKey(
  tx: Tx,
  randomness: Randomness,
  owner: { kind: KeyKind; programId: number; name: string; scopes: string[] },
  nowMs: number,
): Promise<string> {
  const key = makeKey(owner.kind, randomness.bytes(keyRandomBytes))
  await insertKey(tx, { ...owner, key }, nowMs)
  return key
}

/** Replaces a program's keys with a new one; the old ones die at once. */
export async function rotateProgramKey(
  database: Database,
  randomness: Randomness,
  programId: number,
  nowMs: number,
): Promise<{ key: string; revoked: number }> {
  return database.transaction(async (tx) => {
    const revoked = await revokeProgramKeys(tx, programId, nowMs)
    const owner = { kind: 'program' as const, programId, name: 'Rotated key', scopes: [] }
    return { key: await issueKey(tx, randomness, owner, nowMs), revoked }
  })
}
