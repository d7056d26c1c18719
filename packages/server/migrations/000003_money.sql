-- Commissions, the ledger and the daily totals.

create table affiliate_commissions (
  program_id bigint not null,
  id bigint generated always as identity,
  transaction_id text not null,
  sale_id bigint not null,
  partner_id bigint not null,
  link_id bigint not null,
  customer_id bigint not null,
  amount_cents bigint not null check (amount_cents > 0),
  -- Taken back by refunds. What the partner still earns is amount_cents - reversed_cents.
  reversed_cents bigint not null default 0 check (reversed_cents between 0 and amount_cents),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status text not null default 'pending'
    check (status in ('pending', 'approved', 'paid', 'reversed', 'refunded', 'rejected')),
  policy_id bigint not null,
  policy_version integer not null,
  hold_ends_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  primary key (program_id, id),
  unique (program_id, transaction_id, partner_id),
  foreign key (program_id, transaction_id) references affiliate_sale_transactions (program_id, transaction_id),
  foreign key (program_id, partner_id) references affiliate_partner_programs (program_id, partner_id),
  foreign key (program_id, policy_id, policy_version) references affiliate_commission_policies (program_id, id, version),
  check (status <> 'reversed' or reversed_cents = amount_cents)
);

-- Double entry. A positive amount is what an account receives, a negative one what it gives:
-- expense -900, pending +900 means that the program owes the partner 9.00, on hold.
create sequence ledger_transaction_ids as bigint;
create table ledger_transactions (
  program_id bigint not null references affiliate_programs (id),
  id bigint not null default nextval('ledger_transaction_ids'),
  created_at timestamptz(3) not null,
  kind text not null check (kind in ('commission_earned', 'commission_reversed')),
  -- What caused it. (kind, ref) is unique, so that nothing is ever posted twice.
  ref text not null,
  primary key (program_id, id),
  unique (program_id, kind, ref)
);

create table ledger_entries (
  program_id bigint not null,
  transaction_id bigint not null,
  line smallint not null check (line between 1 and 1000),
  account text not null check (account in ('expense', 'pending', 'payable', 'clearing', 'paid', 'receivable')),
  partner_id bigint not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_cents bigint not null check (amount_cents <> 0),
  primary key (program_id, transaction_id, line),
  foreign key (program_id, transaction_id) references ledger_transactions (program_id, id),
  foreign key (program_id, partner_id) references affiliate_partner_programs (program_id, partner_id)
);
create index ledger_entries_by_account on ledger_entries (program_id, partner_id, account, currency) include (amount_cents);

-- Entries of one transaction arrive in one statement, whole, and sum to zero in each currency.
create function check_ledger_entries() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select e.program_id, e.transaction_id into wrong
    from new_entries e
    group by e.program_id, e.transaction_id, e.currency
    having sum(e.amount_cents) <> 0
    limit 1;
  if found then
    raise exception 'ledger transaction %/% does not sum to zero', wrong.program_id, wrong.transaction_id
      using errcode = 'check_violation';
  end if;
  select n.program_id, n.transaction_id into wrong
    from (select e.program_id, e.transaction_id, count(*) as added from new_entries e group by 1, 2) n
    where n.added <> (
      select count(*) from ledger_entries l
      where l.program_id = n.program_id and l.transaction_id = n.transaction_id)
    limit 1;
  if found then
    raise exception 'ledger transaction %/% is closed: post a new one', wrong.program_id, wrong.transaction_id
      using errcode = 'check_violation';
  end if;
  return null;
end $$;

create trigger ledger_entries_balance after insert on ledger_entries
  referencing new table as new_entries
  for each statement execute function check_ledger_entries();

-- A transaction without entries says nothing: refused when its transaction commits.
create function check_ledger_transaction() returns trigger language plpgsql as $$
begin
  if not exists (
    select from ledger_entries e where e.program_id = new.program_id and e.transaction_id = new.id) then
    raise exception 'ledger transaction %/% has no entries', new.program_id, new.id using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger ledger_transactions_not_empty after insert on ledger_transactions
  deferrable initially deferred
  for each row execute function check_ledger_transaction();

create trigger ledger_transactions_append_only before update or delete or truncate on ledger_transactions
  for each statement execute function refuse_change();
create trigger ledger_entries_append_only before update or delete or truncate on ledger_entries
  for each statement execute function refuse_change();

-- Daily totals, kept by the writers in the transaction of the event. The row with link_id 0 is the whole
-- program: reading a program's days must not cost its number of links.
create table affiliate_daily_traffic (
  program_id bigint not null,
  day date not null,
  link_id bigint not null,
  clicks bigint not null default 0 check (clicks >= 0),
  leads bigint not null default 0 check (leads >= 0),
  -- Customers whose first attributed sale was on this day.
  conversions bigint not null default 0 check (conversions >= 0),
  primary key (program_id, day, link_id)
) with (fillfactor = 70);

-- Sales and commissions count on the day of the sale, refunds and reversals on the day of the refund:
-- a day that has passed does not change.
create table affiliate_daily_money (
  program_id bigint not null,
  day date not null,
  link_id bigint not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  sales bigint not null default 0 check (sales >= 0),
  revenue_cents bigint not null default 0 check (revenue_cents >= 0),
  refunded_cents bigint not null default 0 check (refunded_cents >= 0),
  commission_cents bigint not null default 0 check (commission_cents >= 0),
  commission_reversed_cents bigint not null default 0 check (commission_reversed_cents >= 0),
  primary key (program_id, day, link_id, currency)
) with (fillfactor = 70);
