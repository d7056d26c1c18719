-- Reading events newest first and a program's days, without one more index on what is written often.

-- The primary key in the order of time: pages are read from it backwards, month after month. Its columns
-- are the same, so it promises the same, and a click still has two indexes to keep.
alter table affiliate_click_events drop constraint affiliate_click_events_pkey;
alter table affiliate_click_events add primary key (program_id, created_at, id);
alter table affiliate_sale_events drop constraint affiliate_sale_events_pkey;
alter table affiliate_sale_events add primary key (program_id, created_at, id);

-- A lead stands in time where it began to count. Test leads and those that wait have no settled_at.
create index affiliate_lead_events_by_settled on affiliate_lead_events (program_id, settled_at, id)
  where settled_at is not null;

-- The rows of the whole program side by side: without these a day would cost its number of links. Sums
-- change no column of theirs, so only the first event of a day touches them.
create index affiliate_daily_traffic_whole on affiliate_daily_traffic (program_id, day) where link_id = 0;
create index affiliate_daily_money_whole on affiliate_daily_money (program_id, day) where link_id = 0;

create index affiliate_partner_programs_joined on affiliate_partner_programs (program_id, joined_at);
