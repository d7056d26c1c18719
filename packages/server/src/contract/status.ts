import { type TSchema, Type } from 'typebox'
import { choice, programId } from './fields.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const time = Type.String({ format: 'date-time' })

/** Test events are counted up to this; more tell nothing more. */
export const testEventsMax = 10

const step = (description: string) =>
  Type.Union([Type.Literal('complete'), Type.Literal('pending')], { description })

const testEvents = Type.Object({
  testEventCount: Type.Integer({ description: `At most ${testEventsMax}.` }),
  hasTestEvents: Type.Boolean(),
  latestTestEvent: nullable(Type.Object({ id: Type.Integer(), timestamp: time, createdAt: time })),
})

export const statusReport = Type.Object(
  {
    data: Type.Object({
      programId: Type.String(),
      stepStatuses: Type.Object({
        pageview: step('Complete once a click has arrived, a test or a real one.'),
        referrals: step('Complete once a signup has arrived.'),
        payments: step('Complete once a sale has arrived.'),
      }),
      statistics: Type.Object({
        pageview: testEvents,
        referrals: testEvents,
        payments: Type.Object(
          {
            stripeConnectionStatus: Type.String(),
            isStripeConnected: Type.Boolean(),
            stripeAccountId: nullable(Type.String()),
            chargesEnabled: Type.Boolean(),
            payoutsEnabled: Type.Boolean(),
            detailsSubmitted: Type.Boolean(),
            connectionDate: nullable(time),
          },
          { description: 'Stripe cannot be connected yet: sales come from your backend.' },
        ),
      }),
      hasPartners: Type.Boolean(),
      lastUpdated: time,
    }),
  },
  { description: 'How far the integration is.' },
)

const steps = ['pageview', 'referrals', 'payments'] as const
export type StepName = (typeof steps)[number]

export const checkTestEventsBody = Type.Object({
  program_id: programId('program_id'),
  step: Type.Optional(choice('step', [...steps], 'Only this step. Default: all.')),
})

const received = Type.Object({
  received: Type.Boolean(),
  count: Type.Integer({ description: `Test events, at most ${testEventsMax}.` }),
  latest: nullable(time),
})

export const checkTestEventsAnswer = Type.Object(
  {
    success: Type.Literal(true),
    data: Type.Object({
      programId: Type.Integer(),
      steps: Type.Object({
        pageview: Type.Optional(received),
        referrals: Type.Optional(received),
        payments: Type.Optional(received),
      }),
    }),
  },
  { description: 'Which test events have arrived.' },
)
