-- Programs, partners and links: small tables, read by every event.
-- Ids are global sequences; every key of a program's table begins with program_id, so that the
-- schema can be distributed by program. Exceptions, found before the program is known: link codes, API keys.

create table installation (
  only_row boolean primary key default true check (only_row),
  -- HMAC of a constant under AFFITOR_SECRET: a process with another secret would hash emails
  -- differently and silently split customers, so it must not start.
  secret_check bytea not null,
  created_at timestamptz(3) not null
);

create table affiliate_programs (
  id bigint generated always as identity primary key,
  name text not null check (char_length(name) between 1 and 200),
  domain text not null check (char_length(domain) between 1 and 253),
  status text not null default 'active' check (status in ('draft', 'active', 'paused')),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  attribution_model text not null default 'last_click' check (attribution_model in ('last_click')),
  attribution_binding text not null default 'click' check (attribution_binding in ('click', 'signup')),
  attribution_window_days integer not null default 60 check (attribution_window_days between 1 and 3650),
  cookie_window_days integer not null default 60 check (cookie_window_days between 1 and 3650),
  lead_auth text not null default 'open' check (lead_auth in ('open', 'server_required')),
  created_at timestamptz(3) not null
);

create table api_keys (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('program', 'management')),
  program_id bigint references affiliate_programs (id),
  name text not null,
  -- SHA-256 of the key. The key itself is never stored.
  key_hash bytea not null unique check (octet_length(key_hash) = 32),
  key_masked text not null,
  scopes text[] not null default '{}',
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  check ((kind = 'program') <= (program_id is not null))
);
create index api_keys_by_program on api_keys (program_id, id);

create table affiliate_partners (
  id bigint generated always as identity primary key,
  name text not null check (char_length(name) between 1 and 200),
  created_at timestamptz(3) not null
);

create table affiliate_partner_groups (
  program_id bigint not null references affiliate_programs (id),
  id bigint generated always as identity,
  name text not null check (char_length(name) between 1 and 100),
  is_default boolean not null default false,
  created_at timestamptz(3) not null,
  primary key (program_id, id),
  unique (program_id, name)
);
create unique index affiliate_partner_groups_one_default on affiliate_partner_groups (program_id) where is_default;

create table affiliate_partner_programs (
  program_id bigint not null references affiliate_programs (id),
  partner_id bigint not null references affiliate_partners (id),
  group_id bigint not null,
  status text not null default 'active' check (status in ('active', 'removed')),
  joined_at timestamptz(3) not null,
  primary key (program_id, partner_id),
  foreign key (program_id, group_id) references affiliate_partner_groups (program_id, id)
);

create table affiliate_referral_links (
  program_id bigint not null,
  id bigint generated always as identity,
  partner_id bigint not null,
  code text not null check (code ~ '^[A-Za-z0-9_-]{1,64}$'),
  landing_url text not null,
  is_active boolean not null default true,
  created_at timestamptz(3) not null,
  primary key (program_id, id),
  foreign key (program_id, partner_id) references affiliate_partner_programs (program_id, partner_id)
);
create unique index affiliate_referral_links_code on affiliate_referral_links (lower(code));
create index affiliate_referral_links_by_partner on affiliate_referral_links (program_id, partner_id, id);

-- A policy's versions stay for ever: a commission names the version that made it.
create sequence affiliate_commission_policy_ids as bigint;
create table affiliate_commission_policies (
  program_id bigint not null,
  id bigint not null default nextval('affiliate_commission_policy_ids'),
  version integer not null check (version >= 1),
  group_id bigint not null,
  effective_from timestamptz(3) not null,
  type text not null check (type in ('percent', 'fixed')),
  rate_bps integer check (rate_bps between 0 and 10000),
  fixed_cents bigint check (fixed_cents between 0 and 1000000000000),
  currency text check (currency ~ '^[A-Z]{3}$'),
  duration text not null check (duration in ('one_time', 'months', 'lifetime')),
  duration_months integer check (duration_months between 1 and 1200),
  hold_days integer not null default 30 check (hold_days between 0 and 3650),
  created_at timestamptz(3) not null,
  primary key (program_id, id, version),
  unique (program_id, group_id, version),
  foreign key (program_id, group_id) references affiliate_partner_groups (program_id, id),
  check ((type = 'percent') = (rate_bps is not null)),
  check ((type = 'fixed') = (fixed_cents is not null and currency is not null)),
  check ((duration = 'months') = (duration_months is not null))
);
create index affiliate_commission_policies_in_force
  on affiliate_commission_policies (program_id, group_id, effective_from desc, version desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: correct it with a new row', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger affiliate_commission_policies_append_only
  before update or delete or truncate on affiliate_commission_policies
  for each statement execute function refuse_change();
