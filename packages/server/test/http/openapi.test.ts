import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { type Answer, startTestServer, type TestServer } from '../harness/test-server.ts'

/** The description of the API: true, whole, and the same in the file and on the server. */
let server: TestServer
let description: Description
before(async () => {
  server = await startTestServer()
  description = (await server.send('GET', '/openapi.json')).body
})
after(() => server.close())

interface Operation {
  operationId?: string
  summary?: string
  description?: string
  deprecated?: boolean
  tags?: string[]
  security?: object[]
  parameters?: {
    name: string
    in: string
    description?: string
    schema?: { enum?: string[] }
    example?: string
  }[]
  requestBody?: { content: Record<string, { schema: Schema; examples?: Record<string, Example> }> }
  responses: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>
}

interface Schema {
  properties?: Record<string, { description?: string }>
}

interface Example {
  summary?: string
  value: Record<string, unknown>
}

interface Description {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}

function operations(): [string, string, Operation][] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]): [string, string, Operation] => [
      method,
      path,
      one,
    ]),
  )
}

function examplesOf(path: string): Record<string, Example> {
  return description.paths[path]?.post?.requestBody?.content['application/json']?.examples ?? {}
}

test('the committed description is the one that the server serves', async () => {
  const file = new URL('../../../../docs/openapi.json', import.meta.url)
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), description)
  assert.match(description.openapi, /^3\.1\./)
})

test('every operation has an id of its own, a summary and a description', () => {
  const ids = operations().map(([, , one]) => one.operationId)
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(!ids.includes(undefined))
  for (const [method, path, one] of operations()) {
    for (const text of [one.summary, one.description, one.tags?.[0]]) {
      assert.ok(text !== undefined && text.length > 3, `${method} ${path}`)
    }
  }
})

test('every field, parameter and answer is described', () => {
  for (const [method, path, one] of operations()) {
    for (const media of Object.values(one.requestBody?.content ?? {})) {
      for (const [name, field] of Object.entries(media.schema.properties ?? {})) {
        assert.ok(field.description, `${method} ${path} ${name}`)
      }
    }
    for (const parameter of one.parameters ?? []) {
      assert.ok(parameter.description, `${method} ${path} ${parameter.name}`)
    }
    for (const [status, answer] of Object.entries(one.responses)) {
      assert.ok(answer.description, `${method} ${path} ${status}`)
    }
  }
})

test('every operation lists each error that it can give', () => {
  const body = ['400', '413', '415', '429', '500', '503']
  const expected: Record<string, string[]> = {
    // Only in test mode, where a key may come along.
    click: [...body, '401'],
    lead: [...body, '401'],
    sale: [...body, '401', '409'],
    refund: [...body, '401', '404'],
  }
  for (const [call, statuses] of Object.entries(expected)) {
    for (const base of ['/api/v1/track', '/api/tracking']) {
      const listed = Object.keys(description.paths[`${base}/${call}`]?.post?.responses ?? {})
      assert.deepEqual(listed.sort(), ['200', ...statuses].sort(), `${base}/${call}`)
    }
  }
  const reading = (path: string) =>
    Object.keys(description.paths[`/api/v1/programs/me/${path}`]?.get?.responses ?? {}).sort()
  assert.deepEqual(reading('ledger'), ['200', '400', '401', '404', '429', '500', '503'])
  for (const name of ['events', 'performance']) {
    const statuses = ['200', '400', '401', '429', '500', '503']
    assert.deepEqual(reading(name), statuses)
    const byId = description.paths[`/api/tracking/${name}/{programId}`]?.get?.responses ?? {}
    assert.deepEqual(Object.keys(byId).sort(), [...statuses, '404', '414'].sort())
  }
  // A transaction id that is too long or cannot be decoded is refused before the route is found.
  assert.deepEqual(reading('sales/{transaction_id}'), [
    '200',
    '400',
    '401',
    '404',
    '414',
    '429',
    '500',
    '503',
  ])
})

test('errors are described as JSON of their family', () => {
  for (const [method, path, one] of operations()) {
    for (const [status, answer] of Object.entries(one.responses)) {
      if (Number(status) < 400 || path === '/readyz') continue
      const schema = answer.content?.['application/json']?.schema
      const error = schema?.properties?.error as { type?: string; const?: string } | undefined
      const isString = error?.type === 'string' || typeof error?.const === 'string'
      const isTracking = /^\/api\/(v1\/track|tracking)\//.test(path)
      assert.equal(isString, isTracking, `${method} ${path} ${status}`)
    }
  }
})

test('a legacy operation is deprecated and describes the same request and answers', () => {
  for (const call of ['click', 'lead', 'sale', 'refund']) {
    const current = description.paths[`/api/v1/track/${call}`]?.post
    const legacy = description.paths[`/api/tracking/${call}`]?.post
    assert.ok(current && legacy)
    assert.deepEqual(legacy.requestBody, current.requestBody)
    assert.deepEqual(legacy.responses, current.responses)
    assert.deepEqual([legacy.deprecated, current.deprecated], [true, undefined])
  }
})

test('which calls need a key is said as it is', () => {
  const key = { programKey: [] }
  const expected: Record<string, object[] | undefined> = {
    click: undefined,
    lead: [key, {}],
    sale: [key],
    refund: [key],
  }
  for (const [call, security] of Object.entries(expected)) {
    assert.deepEqual(description.paths[`/api/v1/track/${call}`]?.post?.security, security, call)
  }
})

test('every example can be sent as it stands, in the order of a funnel, and succeeds', async () => {
  const program = await server.provision({ partner: { code: 'EXAMPLE' } })
  for (const base of ['/api/v1/track', '/api/tracking']) {
    let sent = 0
    const ids: Record<string, string> = { CLICK_ID: '', in_1001: `${base}1`, in_1002: `${base}2` }
    const send = async (call: string, name: string, withKey: boolean): Promise<Answer> => {
      const example = examplesOf(`${base}/${call}`)[name]
      assert.ok(example?.summary, `${call} has an example ${name}`)
      sent += 1
      // A second run through the legacy paths needs transaction ids of its own.
      const body = Object.fromEntries(
        Object.entries(example.value).map(([field, value]) => [field, ids[String(value)] ?? value]),
      )
      if (field(body, 'program_id') === 1) assert.equal(program.programId, 1)
      const answer = await server.post(
        `${base}/${call}`,
        body,
        withKey ? { key: program.apiKey } : {},
      )
      assert.equal(answer.status, 200, `${call} ${name}: ${JSON.stringify(answer.body)}`)
      assert.equal(answer.body.success, true)
      return answer
    }
    ids.CLICK_ID = (await send('click', 'visit', false)).body.click_id
    await send('click', 'test', false)
    await send('lead', 'server', true)
    await send('lead', 'key_only', true)
    await send('lead', 'test', false)
    await send('sale', 'payment', true)
    await send('sale', 'subscription', true)
    await send('sale', 'test', true)
    await send('refund', 'own_id', true)
    await send('refund', 'total_so_far', true)
    await send('refund', 'whole', true)
    await send('refund', 'test', true)
    const all = ['click', 'lead', 'sale', 'refund'].flatMap((call) =>
      Object.keys(examplesOf(`${base}/${call}`)),
    )
    assert.equal(sent, all.length, 'no example was left out')
  }
})

test('every example of a parameter, and every choice, can be sent as it stands', async () => {
  const program = await server.provision()
  for (const name of ['events', 'performance']) {
    const path = `/api/v1/programs/me/${name}`
    const parameters = description.paths[path]?.get?.parameters ?? []
    const values = parameters.flatMap(({ name: field, schema, example }) =>
      [...(schema?.enum ?? []), ...(example === undefined ? [] : [example])].map(
        (value) => `${field}=${value}`,
      ),
    )
    assert.ok(values.length >= 5, `${name}: ${values}`)
    for (const query of values) {
      const answer = await server.send('GET', `${path}?${query}`, { key: program.apiKey })
      assert.equal(answer.status, 200, query)
    }
  }
})

test('every call has examples, and none of them holds a key or a real address', () => {
  for (const call of ['click', 'lead', 'sale', 'refund']) {
    const examples = examplesOf(`/api/v1/track/${call}`)
    assert.ok(Object.keys(examples).length >= 2, call)
    const text = JSON.stringify(examples)
    assert.doesNotMatch(text, /aff_[A-Za-z0-9_-]{20}/)
    const hosts = [...text.matchAll(/(?:https?:\/\/|@)([a-z0-9.-]+)/g)].map(
      (match) => match[1] ?? '',
    )
    assert.ok(
      hosts.every((host) => /(^|\.)example\.(com|org|net)$/.test(host)),
      hosts.join(),
    )
  }
})

test('the description names no machine, and only this server as the place to send to', () => {
  const text = JSON.stringify(description)
  assert.doesNotMatch(text, /localhost|127\.0\.0\.1|x-error|x-identifier|x-currency/)
  assert.match(text, /"servers":\[\{"url":"\/"/)
})

test('/docs comes with a strict policy: this origin only, no inline script, no frames', async () => {
  const page = await server.send('GET', '/docs')
  assert.equal(page.status, 200)
  const policy = new Map(
    (page.headers.get('content-security-policy') ?? '')
      .split(';')
      .map((part) => part.trim().split(/\s+/))
      .map(([name = '', ...sources]) => [name, sources]),
  )
  for (const [name, sources] of policy) {
    for (const source of sources) {
      assert.match(source, /^('self'|'none'|data:|'sha256-[^']+')$/, `${name} allows ${source}`)
    }
  }
  assert.deepEqual(policy.get('default-src'), ["'self'"])
  assert.deepEqual(policy.get('object-src'), ["'none'"])
  assert.match(policy.get('frame-ancestors')?.join(' ') ?? '', /^'(self|none)'$/)
  // On plain http, beyond this machine, it would send the page's own scripts to a port without TLS.
  assert.equal(policy.has('upgrade-insecure-requests'), false)
  assert.doesNotMatch(page.body, /https?:\/\//)
})

function field(body: Record<string, unknown>, name: string): unknown {
  const more = body.additional_data
  return typeof more === 'object' && more !== null && name in more
    ? (more as Record<string, unknown>)[name]
    : undefined
}
