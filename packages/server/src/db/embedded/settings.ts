import { socketPort } from './connection.ts'
import type { Places } from './runner.ts'

/**
 * The command line of the server: all settings are here, so that a start never depends on a file
 * that was edited long ago. fsync, full_page_writes and synchronous_commit keep their default,
 * on: an answered event is on disk.
 */
export function postgresArguments(seen: Places): string[] {
  const settings: Record<string, string> = {
    // A socket only. Nothing on the network can even try the password.
    listen_addresses: '',
    port: String(socketPort),
    unix_socket_directories: quoted(seen.socket),
    unix_socket_permissions: '0700',
    // 64 workers open 130, admin commands and backups come on top. A slot that is not used costs little.
    max_connections: '200',
    // The default of 128 MB is for shared machines; pages are only taken when they are used.
    shared_buffers: '256MB',
    // Clicks touch many pages after each checkpoint: fewer checkpoints and compressed page
    // images write less, at the price of up to 2 GB of disk and a longer recovery.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    // Hot statements run for less than a millisecond; compiling one costs more than it saves.
    jit: 'off',
    timezone: 'UTC',
    ...logSettings(seen.log),
  }
  const pairs = Object.entries(settings)
  return ['-D', seen.cluster, ...pairs.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

function logSettings(directory: string): Record<string, string> {
  return {
    // The collector outlives the server's process, where a pipe to it would break.
    logging_collector: 'on',
    log_directory: directory,
    // One file for each day of the week, emptied when its day comes again: never more than 7.
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    log_timezone: 'UTC',
    // The message of a failed statement can quote a value ("invalid input syntax … "x"), and so
    // can its detail. The server gets both with its answer and logs what is safe; this log keeps
    // what happens to PostgreSQL itself: starts, crashes, checkpoints, refused logins.
    log_min_messages: 'log',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
  }
}

/** The setting is a list: a comma in an unquoted path would make two directories of it. */
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}
