import assert from 'node:assert/strict'
import { provisionPartner } from '../../src/features/onboarding/index.ts'
import { systemRandomness } from '../../src/shared/random.ts'
import type { TestProgram, TestServer } from '../harness/test-server.ts'
import { type Action, partnerCount, type Story } from './history.ts'

/** A program of its own for one telling of a story. */
export interface Stage {
  server: TestServer
  program: TestProgram
  /** A code of each partner. */
  codes: string[]
  /** The click id of each customer, once the first click has answered. */
  clickIds: Map<number, string>
}

export async function openStage(server: TestServer, story: Story): Promise<Stage> {
  const { rate, duration } = story
  const program = await server.provision({ policy: { rate, duration } })
  const codes = [program.code]
  const tools = { database: server.db.database, clock: server.clock, randomness: systemRandomness }
  while (codes.length < partnerCount) {
    const plan = { name: `Partner ${codes.length}`, code: null, links: 1 }
    const added = await provisionPartner(tools, program.programId, plan)
    if ('kind' in added) throw new Error(added.kind)
    codes.push(...added.codes)
  }
  return { server, program, codes, clickIds: new Map() }
}

/** Rows by what they are about. */
export type EndState = Record<string, unknown[]>

/** Sends one request of the story. Only what a client may meet is accepted as an answer. */
export async function perform(stage: Stage, action: Action): Promise<void> {
  const { server, program, clickIds } = stage
  const { path, body } = requestOf(stage, action)
  const answer = await server.post(`/api/v1/track/${path}`, body, { key: program.apiKey })
  const isExpected =
    answer.status === 200 ||
    (action.send.kind === 'sale' && answer.status === 409) ||
    // A sale that its window refused cannot be refunded.
    (action.send.kind === 'refund' && answer.status === 404)
  assert.ok(isExpected, `${action.name}: ${answer.status} ${JSON.stringify(answer.body)}`)
  if (action.send.kind === 'click') clickIds.set(action.customer, answer.body.click_id)
}

function requestOf(
  { program, codes, clickIds }: Stage,
  { customer, send }: Action,
): { path: string; body: object } {
  const who = { click_id: clickIds.get(customer), customer_key: `user ${customer}` }
  switch (send.kind) {
    case 'click':
      return {
        path: 'click',
        body: {
          affiliate_url: program.landing(codes[send.partner]),
          existing_click_id: clickIds.get(customer),
          user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        },
      }
    case 'lead':
      return { path: 'lead', body: who }
    case 'sale':
      return {
        path: 'sale',
        body: {
          ...who,
          transaction_id: send.transactionId,
          amount_cents: send.amountCents,
          subscription_id: send.isSubscription ? `subscription ${customer}` : null,
        },
      }
    case 'refund':
      return {
        path: 'refund',
        body: {
          transaction_id: send.transactionId,
          refund_amount_cents: send.amountCents,
          refund_id: send.refundId,
        },
      }
  }
}

/**
 * The state that a story ends in, without what may depend on the order of arrival: ids, and which of
 * several refunds took which part. Partners and links go by their rank in the program, customers by key.
 */
export async function endState({ server, program, clickIds }: Stage): Promise<EndState> {
  const customers = [...clickIds].map(([customer, clickId]) => ({ customer, clickId }))
  const state: EndState = {}
  for (const [name, sql] of Object.entries(dump)) {
    state[name] = await server.db.sql(`${names} ${sql}`, [
      program.programId,
      JSON.stringify(customers),
    ])
  }
  return state
}

const names = `with partners as (
    select partner_id, rank() over (order by partner_id)::int as partner
    from affiliate_partner_programs where program_id = $1),
  links as (
    select id as link_id, rank() over (order by id)::int as link
    from affiliate_referral_links where program_id = $1),
  people as (
    select c.*, p.customer from affiliate_customers c
    join json_to_recordset($2::json) as p (customer int, "clickId" text) on p."clickId" = c.click_id
    where c.program_id = $1)`

const dump = {
  customers: `select customer, customer_key, status, created_at, lead_at, converted_at,
      (select array_agg(customer_key order by customer_key) from affiliate_customer_keys k
        where k.program_id = $1 and k.customer_id = people.id) as keys
    from people order by customer`,
  strangers: `select count(*)::int as customers from affiliate_customers
    where program_id = $1 and id not in (select id from people)`,
  clicks: `select customer, link, e.created_at from affiliate_click_events e
    join people on people.id = e.customer_id join links using (link_id)
    where e.program_id = $1 order by 1, 3, 2`,
  leads: `select customer, link, partner, settled_at from affiliate_lead_events e
    join people on people.id = e.customer_id
    left join links using (link_id) left join partners using (partner_id)
    where e.program_id = $1 order by 1, 4`,
  transactions: `select t.transaction_id, customer, t.created_at, amount_cents, currency, verdict, reason,
      partner, link, refunded_by_id_cents, refunded_cents
    from affiliate_sale_transactions t join people on people.id = t.customer_id
    left join links using (link_id) left join partners using (partner_id)
    where t.program_id = $1 order by 1`,
  sales: `select transaction_id, customer, e.created_at, is_first_sale, amount_cents, subscription_id, partner, link
    from affiliate_sale_events e join people on people.id = e.customer_id
    join links using (link_id) join partners using (partner_id)
    where e.program_id = $1 order by 1`,
  commissions: `select transaction_id, partner, link, amount_cents, reversed_cents, currency, status,
      policy_version, hold_ends_at, created_at
    from affiliate_commissions join links using (link_id) join partners using (partner_id)
    where program_id = $1 order by 1`,
  refundIds: `select transaction_id, refund_id, reported_cents from affiliate_refunds
    where program_id = $1 and refund_id is not null order by 1, 2`,
  balances: `select account, partner, currency, sum(amount_cents)::bigint as cents
    from ledger_entries join partners using (partner_id)
    where program_id = $1 group by 1, 2, 3 having sum(amount_cents) <> 0 order by 1, 2, 3`,
  subscriptions: `select subscription_id, partner, link, first_sale_at from affiliate_subscriptions
    join links using (link_id) join partners using (partner_id) where program_id = $1 order by 1`,
  traffic: `select day::text, coalesce(link, 0) as link, clicks, leads, conversions
    from affiliate_daily_traffic left join links using (link_id) where program_id = $1 order by 1, 2`,
  earned: `select day::text, coalesce(link, 0) as link, currency, sales, revenue_cents, commission_cents
    from affiliate_daily_money left join links using (link_id)
    where program_id = $1 and sales + revenue_cents + commission_cents > 0 order by 1, 2, 3`,
  takenBack: `select coalesce(link, 0) as link, currency, sum(refunded_cents)::bigint as refunded,
      sum(commission_reversed_cents)::bigint as reversed
    from affiliate_daily_money left join links using (link_id)
    where program_id = $1 group by 1, 2 order by 1, 2`,
}
