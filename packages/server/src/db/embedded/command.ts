import { spawn } from 'node:child_process'

/** A program to run, and as whom. */
export interface Command {
  file: string
  args: string[]
  /** Absent: as the user of this process. */
  uid?: number
  gid?: number
}

export interface CommandResult {
  ok: boolean
  stdout: string
  stderr: string
}

/**
 * The whole environment of a child. PostgreSQL reads PG* and TZ variables that would change the
 * cluster, and the server's own variables hold secrets that other users could see in /proc.
 * Messages must be in English, because some of them are recognised.
 */
export const childEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
}

/** Runs a command to its end. A program that cannot be started is a result that is not ok. */
export function runCommand(
  command: Command,
  timeoutMs: number,
  input?: string,
): Promise<CommandResult> {
  const { file, args, ...identity } = command
  return new Promise((resolve) => {
    // `/`: the working directory of the server may be closed to the other user.
    const child = spawn(file, args, {
      ...identity,
      cwd: '/',
      env: childEnvironment,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', (error) => resolve({ ok: false, stdout, stderr: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, stdout, stderr }))
    // A program that ends without reading its input must not end the server with EPIPE.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** The words of a program's output that say why it failed. */
export function reasonIn(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const fatal = lines.findLast((line) => /\b(?:FATAL|PANIC|error): /.test(line))
  return (fatal ?? lines.at(-1) ?? 'it said nothing').replace(/^.*\b(?:FATAL|PANIC): +/, '')
}
