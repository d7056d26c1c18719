-- Makes the monthly partitions of the event tables that cover [from_time, to_time] where they are missing.
-- Safe to call from several processes at once: the advisory lock lets one at a time look and create.
create function ensure_event_partitions(from_time timestamptz, to_time timestamptz) returns integer
language plpgsql as $$
declare
  parent text;
  month_start timestamp;
  part text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  -- A new partition needs a lock that waits for long readers, and meanwhile every writer waits behind it.
  perform set_config('lock_timeout', '500ms', true);
  foreach parent in array array['affiliate_click_events', 'affiliate_lead_events', 'affiliate_sale_events'] loop
    month_start := date_trunc('month', from_time at time zone 'UTC');
    while month_start <= to_time at time zone 'UTC' loop
      part := parent || '_' || to_char(month_start, 'YYYYMM');
      if to_regclass(part) is null then
        execute format(
          'create table %I partition of %I for values from (%L) to (%L)',
          part, parent,
          to_char(month_start, 'YYYY-MM-DD') || ' 00:00:00+00',
          to_char(month_start + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
        made := made + 1;
      end if;
      month_start := month_start + interval '1 month';
    end loop;
  end loop;
  return made;
end $$;
