import type { FastifyServerOptions } from 'fastify'
import { parseCurrency } from '../shared/currency.ts'
import { isStorable } from '../shared/text.ts'

/**
 * How bodies are validated: no coercion (a string is not an amount), first error only, and two keywords
 * of our own. `verbose` hands the failing schema to `validationMessage`, which reads its sentence there.
 */
export const validatorOptions: NonNullable<FastifyServerOptions['ajv']> = {
  customOptions: {
    allErrors: false,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    verbose: true,
    keywords: [
      { keyword: 'x-error', schemaType: 'string' },
      { keyword: 'x-error-maximum', schemaType: 'string' },
      { keyword: 'x-error-maxLength', schemaType: 'string' },
      { keyword: 'x-examples', schemaType: 'object' },
      {
        keyword: 'x-identifier',
        type: 'string',
        validate: (_schema: unknown, value: string) => isStorable(value),
      },
      {
        keyword: 'x-currency',
        type: 'string',
        validate: (_schema: unknown, value: string) => parseCurrency(value) !== null,
      },
    ],
  },
}

interface ValidationError {
  keyword: string
  instancePath: string
  params: Record<string, unknown>
  message?: string
  parentSchema?: Record<string, unknown>
}

/** One sentence that names the field and says what it must be. */
export function validationMessage(errors: ValidationError[]): string {
  const named = errors.findLast((error) => typeof error.parentSchema?.['x-error'] === 'string')
  const error = named ?? errors[0]
  if (error === undefined) return 'The request is not valid'
  const field = error.instancePath.slice(1).replaceAll('/', '.')
  if (error.keyword === 'x-identifier') {
    return `${field} must not contain NUL characters or broken Unicode`
  }
  const sentence =
    error.parentSchema?.[`x-error-${error.keyword}`] ?? error.parentSchema?.['x-error']
  if (typeof sentence === 'string') return sentence
  if (field === '') return 'The body must be a JSON object'
  return `${field} ${error.message ?? 'is not valid'}`
}
