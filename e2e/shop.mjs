import { randomUUID } from 'node:crypto'
import { affitorExpress, readAffitorCookies } from '@affitor/sdk/middleware'
import { Affitor } from '@affitor/sdk/server'
import express from 'express'

/**
 * A shop as a customer of Affitor would build it: the tracker in its pages, the sdk on its server. It sells
 * two plans to people who sign up, and keeps its customers in memory.
 */

const plans = {
  starter: { name: 'Starter', cents: 1_900 },
  team: { name: 'Team', cents: 4_900 },
}

/** The shop as an Express app. `affitorUrl` is where the Affitor server is, as browsers reach it. */
export function createShop({ affitorUrl, apiKey, programId, debug = false }) {
  const affitor = new Affitor({ apiKey, baseUrl: affitorUrl })
  const customers = new Map()
  const tag = `<script async src="${affitorUrl}/js/affitor-tracker.js" data-affitor-program-id="${programId}"
      data-affitor-first-party="/a/c"${debug ? ' data-affitor-debug' : ''}></script>`
  const page = (title, body) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <link rel="icon" href="data:,">
    <title>${title} · Paper &amp; Ink</title>
    ${tag}
    <style>
      body { font: 17px/1.6 Georgia, serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; color: #222 }
      h1 { font-weight: normal }
      input { font: inherit; padding: .3rem .5rem; border: 1px solid #888; border-radius: 3px }
      button { font: inherit; padding: .4rem .9rem; border: 1px solid #222; border-radius: 3px; background: #fff; cursor: pointer }
      .plan { display: flex; justify-content: space-between; align-items: center; border-top: 1px solid #ccc; padding: 1rem 0 }
      small { color: #666 }
    </style>
  </head>
  <body><h1>${title}</h1>${body}</body>
</html>`

  const app = express()
  app.disable('x-powered-by')
  app.use(affitorExpress())
  app.use(express.urlencoded({ extended: false, limit: '8kb' }))

  app.get('/', (_request, response) => {
    const rows = Object.values(plans).map(
      ({ name, cents }) =>
        `<p class="plan"><span>${name}</span><span>${money(cents)} a month</span></p>`,
    )
    response.send(
      page('Notebooks for teams', `${rows.join('')}<p><a href="/signup">Sign up</a></p>`),
    )
  })

  app.get('/signup', (_request, response) => {
    response.send(
      page(
        'Sign up',
        `<form method="post"><label>Your email <input name="email" type="email" required autofocus></label>
         <button>Create account</button></form>`,
      ),
    )
  })

  app.post('/signup', async (request, response) => {
    const email = String(request.body?.email ?? '').slice(0, 200)
    if (!email.includes('@'))
      return response.status(400).send(page('Sign up', '<p>An email, please.</p>'))
    const id = randomUUID()
    customers.set(id, { email })
    const { clickId, clickIds } = readAffitorCookies(request.headers.cookie)
    // Who came without a partner has no click, and there is nothing to report.
    if (clickId !== null) await affitor.trackLead({ clickId, clickIds, customerKey: id, email })
    response.cookie('customer', id, { httpOnly: true, sameSite: 'lax' })
    response.redirect(303, '/checkout')
  })

  app.get('/checkout', (_request, response) => {
    const rows = Object.entries(plans).map(
      ([plan, { name, cents }]) =>
        `<form method="post" class="plan"><span>${name}</span>
         <button name="plan" value="${plan}">Pay ${money(cents)}</button></form>`,
    )
    response.send(page('Choose a plan', rows.join('')))
  })

  app.post('/checkout', async (request, response) => {
    const id = /(?:^|; )customer=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
    const plan = plans[request.body?.plan]
    if (id === undefined || !customers.has(id)) return response.redirect(303, '/signup')
    if (plan === undefined) return response.redirect(303, '/checkout')
    // What your payment provider's webhook tells you once the money is there.
    const sale = await affitor.trackSale({
      transactionId: randomUUID(),
      customerKey: id,
      amountCents: plan.cents,
      currency: 'USD',
      saleType: 'subscription',
    })
    response.send(
      page('Thank you', `<p>${plan.name} is yours.</p><p><small>${asText(told(sale))}</small></p>`),
    )
  })

  return app
}

/** What a real shop would write to its log. */
function told({ ok, data, error }) {
  if (!ok) return `Affitor: ${error.message}`
  if (data.partner_code === undefined) return 'Affitor: nobody earns from this sale.'
  return `Affitor: ${data.partner_code} earns ${money(data.commission_cents)}.`
}

function money(cents) {
  return `$${(cents / 100).toFixed(2)}`
}

function asText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
