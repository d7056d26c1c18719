import fc from 'fast-check'

/** What customers do in a story, each step so many hours after the one before. */
interface Step {
  afterHours: number
  act:
    | { kind: 'click'; partner: number }
    | { kind: 'lead' }
    | { kind: 'sale'; amountCents: number; isSubscription: boolean; refunds: Refunds }
}

/** In thousandths of the sale. Own refunds never exceed it together, so that none is refused. */
interface Refunds {
  totals: number[]
  own: number[]
}

export interface Story {
  customers: Step[][]
  rate: { type: 'percent'; bps: number } | { type: 'fixed'; amountCents: number; currency: string }
  duration: { type: 'one_time' } | { type: 'months'; months: number } | { type: 'lifetime' }
}

/** One request, with what must have arrived before it. */
export interface Action {
  name: string
  customer: number
  atMs: number
  after: string[]
  send:
    | { kind: 'click'; partner: number }
    | { kind: 'lead' }
    | { kind: 'sale'; transactionId: string; amountCents: number; isSubscription: boolean }
    | { kind: 'refund'; transactionId: string; amountCents: number; refundId: string | null }
}

export const partnerCount = 3
const hourMs = 3_600_000

const refunds = fc.record({
  totals: fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 3 }),
  own: fc.array(fc.integer({ min: 1, max: 333 }), { maxLength: 3 }),
})
const partner = fc.nat(partnerCount - 1)
const step: fc.Arbitrary<Step> = fc.record({
  afterHours: fc.integer({ min: 1, max: 24 * 45 }),
  act: fc.oneof(
    fc.record({ kind: fc.constant('click' as const), partner }),
    fc.record({ kind: fc.constant('lead' as const) }),
    fc.record({
      kind: fc.constant('sale' as const),
      amountCents: fc.integer({ min: 1, max: 20_000 }),
      isSubscription: fc.boolean(),
      refunds,
    }),
  ),
})

export const stories: fc.Arbitrary<Story> = fc.record({
  customers: fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  }),
  rate: fc.oneof(
    fc.record({ type: fc.constant('percent' as const), bps: fc.integer({ min: 0, max: 10_000 }) }),
    fc.record({
      type: fc.constant('fixed' as const),
      amountCents: fc.integer({ min: 0, max: 5_000 }),
      currency: fc.constant('USD'),
    }),
  ),
  duration: fc.oneof(
    fc.record({ type: fc.constant('one_time' as const) }),
    fc.record({ type: fc.constant('months' as const), months: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ type: fc.constant('lifetime' as const) }),
  ),
})

/**
 * The requests of a story in the order of their times, duplicates included. `after` holds what the
 * contract lets an outcome depend on: clicks come before what they could win, a customer's sales keep
 * their order, a refund and a duplicate follow what they are about. Everything else is independent.
 */
export function actionsOf(story: Story, startMs: number): Action[] {
  return story.customers.flatMap((steps, customer) => actionsOfCustomer(steps, customer, startMs))
}

function actionsOfCustomer(steps: Step[], customer: number, startMs: number): Action[] {
  const own = (name: string) => `c${customer} ${name}`
  const actions: Action[] = []
  const clicks = [own('first click')]
  const past = { lastSale: null as string | null, lead: null as string | null }
  let atMs = startMs + customer
  actions.push({
    name: own('first click'),
    customer,
    atMs,
    after: [],
    send: { kind: 'click', partner: customer % partnerCount },
  })
  for (const [n, { afterHours, act }] of steps.entries()) {
    atMs += afterHours * hourMs
    const name = own(`${act.kind} ${n}`)
    const base = { name, customer, atMs }
    if (act.kind === 'click') {
      actions.push({ ...base, after: [own('first click')], send: act })
      clicks.push(name)
    } else if (act.kind === 'lead') {
      // A second lead of a customer is a repetition of the first.
      const after = past.lead === null ? [...clicks] : [past.lead]
      actions.push({ ...base, after, send: act })
      past.lead ??= name
    } else {
      const after = past.lastSale === null ? [...clicks] : [...clicks, past.lastSale]
      actions.push(...saleActions(base, after, act))
      past.lastSale = name
    }
  }
  return actions
}

function saleActions(
  base: { name: string; customer: number; atMs: number },
  after: string[],
  act: Extract<Step['act'], { kind: 'sale' }>,
): Action[] {
  const { name, customer, atMs } = base
  const send = {
    kind: 'sale' as const,
    transactionId: name,
    amountCents: act.amountCents,
    isSubscription: act.isSubscription,
  }
  const later = (what: string, hours: number, more: Action['send']): Action => ({
    name: `${name} ${what}`,
    customer,
    atMs: atMs + hours * hourMs,
    after: [name],
    send: more,
  })
  const share = (thousandths: number) => Math.floor((act.amountCents * thousandths) / 1_000)
  const refund = (amountCents: number, refundId: string | null) => ({
    kind: 'refund' as const,
    transactionId: name,
    amountCents,
    refundId,
  })
  // A share of nothing would mean everything, which another test is about.
  const totals = act.refunds.totals.map(share).filter((cents) => cents > 0)
  const own = act.refunds.own.map(share).filter((cents) => cents > 0)
  return [
    { ...base, after, send },
    later('again', 1, send),
    later('with another amount', 2, { ...send, amountCents: act.amountCents + 1 }),
    ...totals.map((cents, n) => later(`total ${n}`, 3 + n, refund(cents, null))),
    ...own.flatMap((cents, n) => [
      later(`own ${n}`, 4 + n, refund(cents, `r${n}`)),
      later(`own ${n} again`, 5 + n, refund(cents, `r${n}`)),
    ]),
  ]
}

/** Another order in which the same requests may arrive, picked by `pick`. */
export function reordered(actions: Action[], pick: (choices: number) => number): Action[] {
  const arrived = new Set<string>()
  const waiting = [...actions]
  const order: Action[] = []
  while (waiting.length > 0) {
    const ready = waiting.filter((action) => action.after.every((name) => arrived.has(name)))
    const next = ready[pick(ready.length)]
    if (next === undefined) throw new Error('The actions wait for one another')
    waiting.splice(waiting.indexOf(next), 1)
    arrived.add(next.name)
    order.push(next)
  }
  return order
}
