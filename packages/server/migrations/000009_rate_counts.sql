-- What several processes have counted for the rate limits, a minute at a time. Unlogged: after a crash
-- it is empty, which forgives a minute, and writing it never waits for the disk. `counter` is a keyed
-- hash of minute, limit and caller, so no address stands here. It belongs to no program, because who
-- calls too often is refused before the program is known.
create unlogged table rate_counts (
  minute integer not null,
  counter bytea not null,
  requests bigint not null,
  primary key (counter, minute)
) with (fillfactor = 50);
