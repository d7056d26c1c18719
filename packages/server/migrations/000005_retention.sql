-- Raw clicks need not be kept for ever. What attribution and the daily totals need of a click is kept
-- here when its month is archived: who came, when, through whose link.
create table affiliate_kept_touches (
  program_id bigint not null,
  customer_id bigint not null,
  created_at timestamptz(3) not null,
  -- Of the click event.
  id bigint not null,
  link_id bigint not null,
  partner_id bigint not null,
  is_bot boolean not null,
  primary key (program_id, customer_id, created_at, id)
);

-- Months whose clicks are archived. A row is written before its partition leaves, together with the touches.
create table affiliate_archived_months (
  month date primary key check (extract(day from month) = 1),
  archived_at timestamptz(3) not null
);

-- Archived months, as plain tables. The server never reads them: they are the operator's to dump and drop.
create schema if not exists affitor_archive;

-- No statement reads refunds by their sale but for the one with a refund_id, which affiliate_refunds_once serves.
drop index affiliate_refunds_by_transaction;
