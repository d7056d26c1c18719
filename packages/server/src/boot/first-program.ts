import type { ProgramPlan, ProvisionedProgram } from '../features/onboarding/index.ts'

/** What an empty database gets, so that the first click can be sent a minute after the download. */
export const firstProgramPlan: ProgramPlan = {
  program: {
    name: 'My program',
    domain: 'example.com',
    status: 'active',
    currency: 'USD',
    attributionModel: 'last_click',
    attributionBinding: 'click',
    attributionWindowDays: 60,
    cookieWindowDays: 60,
    leadAuth: 'open',
    linkParameters: [],
  },
  policy: {
    rate: { type: 'percent', bps: 3_000 },
    duration: { type: 'lifetime' },
    holdDays: 30,
  },
  partner: { name: 'First partner', code: null, links: 1 },
}

/** A real browser's, because curl's own would be counted as a bot. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36'

/** What the operator reads once: key, link, and the funnel to paste line by line. */
export function firstProgramText(program: ProvisionedProgram, baseUrl: string): string {
  return [
    '',
    'A first program was created. Its keys are shown this once; keep them.',
    '',
    `  Program        ${program.programId}`,
    `  API key        ${program.apiKey}`,
    `  Management key ${program.managementKey}`,
    `  Partner link   ${program.linkUrl}`,
    '',
    'Try it, one line after the other: a click, a signup, a sale, a refund, and the ledger.',
    '',
    ...funnel(program, baseUrl).flatMap((line) => [line, '']),
  ].join('\n')
}

/** Each line stands alone; the click id travels in a file, so that they work in any shell and order of paste. */
function funnel(
  program: Pick<ProvisionedProgram, 'apiKey' | 'linkUrl'>,
  baseUrl: string,
): string[] {
  const file = '"$' + '{TMPDIR:-/tmp}/affitor-click.json"'
  const post = (name: string) =>
    `curl -sS ${baseUrl}/api/v1/track/${name} -H 'Content-Type: application/json'`
  const key = `-H 'Authorization: Bearer ${program.apiKey}'`
  const click = { affiliate_url: program.linkUrl, user_agent: userAgent }
  const sale = {
    transaction_id: 'demo_sale_1',
    customer_key: 'demo_user_1',
    amount_cents: 4900,
    currency: 'USD',
  }
  const refund = { transaction_id: 'demo_sale_1', refund_amount_cents: 1000 }
  const lead = `{"click_id":"'$(grep -o 'cust_[^"]*' ${file})'","customer_key":"demo_user_1","email":"ada@example.com"}`
  return [
    `${post('click')} -d '${JSON.stringify(click)}' | tee ${file}`,
    `${post('lead')} ${key} -d '${lead}'`,
    `${post('sale')} ${key} -d '${JSON.stringify(sale)}'`,
    `${post('refund')} ${key} -d '${JSON.stringify(refund)}'`,
    `curl -sS ${baseUrl}/api/v1/programs/me/ledger ${key}`,
  ]
}
