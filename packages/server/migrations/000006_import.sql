-- How far a file has been imported, so that an interrupted import goes on where it stood. Written in the
-- transaction of the clicks that it counts.
create table imports (
  program_id bigint not null references affiliate_programs (id),
  -- SHA-256 of the whole file: another content is another import, whatever the file is called.
  file_sha256 bytea not null check (octet_length(file_sha256) = 32),
  -- Where the next line begins, and how many lines are done.
  next_byte bigint not null default 0 check (next_byte >= 0),
  lines_done bigint not null default 0 check (lines_done >= 0),
  -- How long the file of rejected lines was: what a killed process wrote beyond it is written again.
  rejects_bytes bigint not null default 0 check (rejects_bytes >= 0),
  counts jsonb not null,
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  primary key (program_id, file_sha256)
);
