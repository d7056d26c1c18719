-- URL parameters besides `aff` that carry a partner code of this program, so that links made for another
-- system keep earning. Compared as they are written.
alter table affiliate_programs
  add column link_parameters text[] not null default '{}'
  check (
    cardinality(link_parameters) <= 10
    and array_to_string(link_parameters, ',') ~ '^([A-Za-z0-9_-]{1,40}(,[A-Za-z0-9_-]{1,40})*)?$'
    -- Neither null nor empty, and none that hides two in one.
    and cardinality(string_to_array(array_to_string(link_parameters, ','), ','))
      = cardinality(link_parameters)
    and not 'aff' = any (link_parameters)
  );
