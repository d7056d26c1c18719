import pg from 'pg'
import { OverloadError } from '../shared/errors.ts'

/**
 * A hand-written statement. The name makes PostgreSQL parse it once a connection;
 * two texts must never share a name.
 */
export interface Statement {
  name: string
  text: string
  /**
   * Planned anew each time, for a join that updates a growing table: the plan kept from when the table
   * was small would read it whole. Costs tenths of a millisecond, so it is for batches.
   */
  planEachTime?: boolean
}

/** Whatever can run a statement: the pool (each statement its own transaction) or a transaction. */
export interface Db {
  query<Row extends pg.QueryResultRow>(statement: Statement, values?: unknown[]): Promise<Row[]>
}

/** A connection inside BEGIN … COMMIT. What needs a transaction asks for this type. */
export interface Tx extends Db {
  readonly isTransaction: true
}

export interface TransactionOptions {
  /** So long a statement waits for a lock that somebody else holds; then it fails: see `isLockTimeout`. */
  lockWaitMaxMs?: number
}

export interface Database extends Db {
  /** Runs `work` in a transaction, and again when PostgreSQL chose it as the victim of a deadlock. */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>
  /**
   * Runs statements without names (several in one text), as migrations need. A transaction that `work`
   * began is rolled back when it fails.
   */
  exclusively<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>
  stats(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

export interface DatabaseOptions {
  connection: pg.PoolConfig
  connectionsMax: number
  statementTimeoutMs: number
  onIdleError: (error: Error) => void
}

/** How often a transaction that lost a deadlock is run again before the caller sees the error. */
const DEADLOCK_RETRIES_MAX = 5
/** Work that may wait for a connection. Beyond it, callers are told to come back. */
const WAITING_MAX = 2_000
const RETRYABLE = new Set(['40001', '40P01'])

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.connectionsMax,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    application_name: 'affitor',
    types: { getTypeParser },
    // Durable before acknowledged, whatever the database's own default is.
    options: [
      '-c synchronous_commit=on',
      '-c timezone=UTC',
      `-c statement_timeout=${options.statementTimeoutMs}`,
      `-c idle_in_transaction_session_timeout=${options.statementTimeoutMs * 2}`,
    ].join(' '),
  })
  // Without a listener the loss of an idle connection would end the process.
  let isClosing = false
  pool.on('error', (error) => {
    // At the end PostgreSQL may be gone before the last connection has said goodbye.
    if (!isClosing) options.onIdleError(error)
  })
  // The pool listens to idle connections only. One that breaks while somebody has it would end the
  // process; this way the next statement on it fails and tells the caller. From its first moment on,
  // because its end can arrive in the same bytes as its welcome.
  pool.on('connect', (client) => client.on('error', ignore))

  async function connect(): Promise<pg.PoolClient> {
    if (pool.waitingCount >= WAITING_MAX) throw busy()
    try {
      return await pool.connect()
    } catch (error) {
      throw isPoolTimeout(error) ? busy() : error
    }
  }

  async function exclusively<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await connect()
    let isBroken = false
    try {
      return await work(client)
    } catch (error) {
      // A connection that can roll back is in step and goes back into the pool, whatever the error was;
      // outside a transaction that is only a warning. One that cannot is closed.
      isBroken = await client.query('rollback').then(
        () => false,
        () => true,
      )
      throw error
    } finally {
      client.release(isBroken)
    }
  }

  async function once<T>(
    work: (tx: Tx) => Promise<T>,
    { lockWaitMaxMs }: TransactionOptions,
  ): Promise<T> {
    const begin =
      lockWaitMaxMs === undefined
        ? 'begin'
        : `begin; set local lock_timeout = ${Math.round(lockWaitMaxMs)}`
    return exclusively(async (client) => {
      await client.query(begin)
      const result = await work({ isTransaction: true, ...queries(client) })
      await client.query('commit')
      return result
    })
  }

  return {
    query: (statement, values) => exclusively((client) => queries(client).query(statement, values)),
    exclusively,
    async transaction(work, options = {}) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await once(work, options)
        } catch (error) {
          if (!isDeadlock(error) || attempt >= DEADLOCK_RETRIES_MAX) throw error
        }
      }
    },
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => {
      isClosing = true
      return pool.end()
    },
  }
}

function ignore(): void {}

function busy(): OverloadError {
  return new OverloadError('The server is busy, try again shortly', 1)
}

/** All connections stayed in use for `connectionTimeoutMillis`: pg-pool has no code for it, only this text. */
function isPoolTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
}

/**
 * True when the database refused a row for what it holds (SQLSTATE classes 22 and 23), or chose the
 * statement as the victim of a deadlock: nothing of it was stored. A timeout or a lost connection is
 * no refusal.
 */
export function isRefusal(error: unknown): boolean {
  return isRefusedForContent(error) || isDeadlock(error)
}

/** The database refused a row for what it holds, and would refuse it again. */
export function isRefusedForContent(error: unknown): boolean {
  return isDatabaseError(error) && /^2[23]/.test(error.code ?? '')
}

/** Nothing is wrong with the statement: done again, it may well succeed. */
function isDeadlock(error: unknown): boolean {
  return isDatabaseError(error) && RETRYABLE.has(error.code ?? '')
}

/** A statement gave up waiting for a lock, as `lock_timeout` bade it. */
export function isLockTimeout(error: unknown): boolean {
  return isDatabaseError(error) && error.code === '55P03'
}

function isDatabaseError(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError
}

function queries(runner: pg.PoolClient): Db {
  return {
    async query<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[] = []) {
      const { text, name, planEachTime = false } = statement
      const result = await runner.query<Row>(
        planEachTime ? { text, values } : { text, name, values },
      )
      return result.rows
    },
  }
}

const INT8 = 20
const DATE = 1082

// biome-ignore lint/suspicious/noExplicitAny: the shape that pg's own type asks for
function getTypeParser(oid: number, format?: any): (value: any) => unknown {
  if (oid === INT8) return parseInt8
  // A calendar day stays text: a Date would move it by the machine's time zone.
  if (oid === DATE) return (value: string) => value
  return pg.types.getTypeParser(oid, format)
}

/** Ids and sums as numbers; one that a number cannot hold exactly is an error, not a rounding. */
function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} leaves the safe range`)
  return value
}
