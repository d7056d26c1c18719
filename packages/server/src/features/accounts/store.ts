import type { Db, Tx } from '../../db/database.ts'
import { type KeyKind, maskKey } from './domain/api-key.ts'
import { hashKey } from './hash-key.ts'

const insert = {
  name: 'api_key_insert',
  text: `insert into api_keys (kind, program_id, name, key_hash, key_masked, scopes, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)`,
}

const selectProgramKeys = {
  name: 'api_keys_program',
  text: `select asked.n, k.id, k.program_id from unnest($1::bytea[]) with ordinality as asked (key_hash, n)
    cross join lateral (
      select id, program_id from api_keys
      where key_hash = asked.key_hash and kind = 'program' and revoked_at is null
        and (expires_at is null or expires_at > $2) limit 1) k`,
}

const revoke = {
  name: 'api_keys_revoke',
  text: `update api_keys set revoked_at = $2
    where program_id = $1 and kind = 'program' and revoked_at is null returning id`,
}

export interface NewKey {
  kind: KeyKind
  programId: number
  name: string
  key: string
  scopes: string[]
}

/** Stores a key's hash and mask. The key itself is for its owner, once. */
export async function insertKey(tx: Tx, key: NewKey, nowMs: number): Promise<void> {
  await tx.query(insert, [
    key.kind,
    key.programId,
    key.name,
    hashKey(key.key),
    maskKey(key.key),
    key.scopes,
    new Date(nowMs),
  ])
}

export interface ProgramKey {
  keyId: number
  programId: number
}

/**
 * The programs of valid program keys, and null for each other key, in their order. The hash is the
 * look-up, so no comparison leaks time.
 */
export async function findProgramKeys(
  db: Db,
  keys: readonly string[],
  nowMs: number,
): Promise<(ProgramKey | null)[]> {
  const rows = await db.query<{ n: number; id: number; program_id: number }>(selectProgramKeys, [
    keys.map(hashKey),
    new Date(nowMs),
  ])
  const found = new Map(rows.map((row) => [row.n, row]))
  return keys.map((_, i) => {
    const row = found.get(i + 1)
    return row === undefined ? null : { keyId: row.id, programId: row.program_id }
  })
}

/** Revokes every program key of a program at once. Returns how many there were. */
export async function revokeProgramKeys(tx: Tx, programId: number, nowMs: number): Promise<number> {
  return (await tx.query(revoke, [programId, new Date(nowMs)])).length
}
