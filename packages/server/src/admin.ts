import { Command, CommanderError } from 'commander'
import { pino } from 'pino'
import {
  type AdminAnswer,
  type AdminWork,
  linkParametersCommand,
  migrateCommand,
  provisionCommand,
  rotateKeyCommand,
  verifyCommand,
} from './admin/commands.ts'
import { type ImportOptions, importCommand } from './admin/import-command.ts'
import type { ProvisionOptions } from './admin/provision-options.ts'
import { openInstallation } from './boot/installation.ts'
import { readConfig } from './config.ts'
import { systemClock } from './shared/clock.ts'
import { StartError } from './shared/errors.ts'
import { systemRandomness } from './shared/random.ts'

/** `npm run --silent admin -- <command>`: works beside a running server, or by itself. */
const program = new Command('admin')
  .description('Looks after an Affitor installation. Works beside a running server.')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) })

command('migrate', 'Bring the database schema up to date.', migrateCommand)

command<ProvisionOptions>(
  'provision',
  'Make a program with its keys and a partner, or add a partner to one that stands.',
  provisionCommand,
)
  .option('--name <text>', "the program's name")
  .option('--domain <host>', 'the site that links lead to, such as example.com')
  .option('--commission <rate>', 'percent:30, or fixed:25.00 in the currency of the program')
  .option('--duration-months <n>', 'months from the first sale that pay; 0 = for life (default)')
  .option('--one-time', "pay only a customer's first sale")
  .option('--hold-days <n>', 'days before a commission can be approved (default 30)')
  .option('--currency <code>', 'ISO 4217 code (default USD)')
  .option('--window-days <n>', 'attribution window (default 60)')
  .option('--cookie-days <n>', 'how long browsers keep the click (default 60)')
  .option('--binding <what>', 'what the window measures: click (to the sale, default) or signup')
  .option(
    '--lead-auth <how>',
    'open (default), or server_required: browser leads need confirmation',
  )
  .option('--link-parameters <names>', 'URL parameters besides aff that carry a code: ref,via')
  .option('--partner <name>', "the partner's name (default First partner)")
  .option('--code <code>', 'the referral code (default: made from the name)')
  .option('--links <n>', 'how many referral links to make (default 1); adds "codes" to the answer')
  .option('--program-id <id>', 'add a partner to this program instead of making one')

command<{ programId: string; accept: string }>(
  'link-parameters',
  'Name the URL parameters, besides aff, that carry a code of a program.',
  linkParametersCommand,
)
  .requiredOption('--program-id <id>', 'the program')
  .requiredOption('--accept <names>', "names divided by commas, such as ref,via; '' for none")

command(
  'verify',
  'Recompute ledger, commissions and totals; exit 1 on any difference.',
  verifyCommand,
)

command<{ programId: string }>(
  'rotate-key',
  'Give a program a new API key; the former ones die at once.',
  rotateKeyCommand,
).requiredOption('--program-id <id>', 'the program')

command<ImportOptions>(
  'import',
  'Import clicks, leads, sales and refunds from a file, one JSON event a line.',
  importCommand,
)
  .requiredOption('--program <id>', 'the program')
  .requiredOption('--file <path>', 'the events, in the order in which they happened')
  .option('--rejects <path>', 'where rejected lines go (default: beside the file, .rejects.ndjson)')
  .option('--strict', 'exit with 1 when a line was rejected')

process.exitCode = await run()

function command<Options extends object>(
  name: string,
  description: string,
  prepare: (options: Options) => AdminWork,
): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'answer with JSON on stdout')
    .action(async (options: Options & { json?: boolean }) => {
      const answer = await withTools(prepare(options))
      const text = options.json ? JSON.stringify(answer.json) : answer.text
      process.stdout.write(`${text}\n`)
      if (!answer.ok) throw new CommanderError(1, 'affitor.differences', '')
    })
}

async function withTools(work: AdminWork): Promise<AdminAnswer> {
  const clock = systemClock
  const randomness = systemRandomness
  const installation = await openInstallation({
    config: readConfig(),
    mode: 'beside',
    clock,
    randomness,
    // Logs go to stderr and tell only what went wrong: stdout is for the answer.
    log: pino({ level: 'warn' }, pino.destination(2)),
    onFatal: (error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    },
  })
  try {
    return await work({ installation, clock, randomness })
  } finally {
    await installation.close()
  }
}

async function run(): Promise<number> {
  try {
    await program.parseAsync()
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    const text =
      error instanceof StartError ? error.message : error instanceof Error ? error.stack : error
    process.stderr.write(`${text}\n`)
    return 1
  }
}
