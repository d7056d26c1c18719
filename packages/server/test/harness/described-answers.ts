import assert from 'node:assert/strict'
import { Ajv2020 } from 'ajv/dist/2020.js'

interface Description {
  paths: Record<string, Record<string, Operation>>
}

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>
}

export interface Answers {
  /** Fails when the description has no such answer for a path it describes, or the body is not of its form. */
  check(method: string, path: string, status: number, body: unknown): void
}

/**
 * Holds answers against the API's own description, so that whatever a test sends also proves that
 * the description is true. Statuses that every path can have (404 for a path, 405) are exempt.
 */
export function describedAnswers(description: Description): Answers {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const checks = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/?]+')}(\\?.*)?$`),
      operation,
    })),
  )
  return {
    check(method, path, status, body) {
      const found = checks.find((one) => one.method === method && one.pattern.test(path))
      if (found === undefined) return
      const answer = found.operation.responses[String(status)]
      assert.ok(answer, `${method} ${path} answered ${status}, which is not described`)
      const schema = answer.content?.['application/json']?.schema
      if (schema === undefined) return
      const validate = ajv.compile(schema)
      assert.ok(
        validate(body),
        `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`,
      )
    },
  }
}
