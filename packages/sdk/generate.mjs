import { writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

/** Writes the types of the API's description to the file named on the command line. */
const file = process.argv[2]
if (file === undefined) throw new Error('Usage: generate <file>')
const description = new URL('../../docs/openapi.json', import.meta.url)
const note = '// Made from docs/openapi.json by npm run generate.\n\n'
writeFileSync(file, note + astToString(await openapiTS(description)))
