import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runAdmin, temporaryDirectory } from '../harness/server-command.ts'
import type { TestServer } from '../harness/test-server.ts'

export type Event = Record<string, unknown>

const adminScript = fileURLToPath(new URL('../../dist/admin.js', import.meta.url))

/** A directory with files to import, and the command that does it beside the test's own server. */
export function importSite(t: TestContext, server: TestServer) {
  const directory = temporaryDirectory(t)
  const env = {
    DATABASE_URL: server.db.url,
    AFFITOR_DATA_DIR: join(directory, 'data'),
    AFFITOR_SECRET: 'one secret for all the commands of a test',
  }
  return {
    env,
    write(name: string, lines: (Event | string)[]): string {
      const file = join(directory, name)
      const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
      writeFileSync(file, `${text.join('\n')}\n`)
      return file
    },
    run: (args: string[]) => runAdmin(t, args, env),
    async import(programId: number, file: string, ...more: string[]) {
      const args = ['import', '--program', String(programId), '--file', file, '--json', ...more]
      const ended = await runAdmin(t, args, env)
      assert.equal(ended.code, 0, ended.stderr)
      return JSON.parse(ended.stdout)
    },
    /** An import that is to be killed. */
    spawn(programId: number, file: string): ChildProcess {
      const args = [adminScript, 'import', '--program', String(programId), '--file', file]
      const child = spawn(process.execPath, args, {
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: 'ignore',
      })
      t.after(() => child.kill('SIGKILL'))
      return child
    },
    async verify(): Promise<void> {
      const ended = await runAdmin(t, ['verify'], env)
      assert.equal(ended.code, 0, ended.stdout + ended.stderr)
    },
  }
}

export function readRejects(file: string): { line: number; error: string; event: unknown }[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line))
}
