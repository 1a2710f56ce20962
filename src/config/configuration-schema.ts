import { Ajv, type ValidateFunction } from 'ajv'
import schema from '../../schemas/guard-configuration.schema.json' with { type: 'json' }
import type { ConfigurationDocument } from './configuration-document.ts'

// Errors carry the schema they come from, because its titles say what is expected. A test checks the schema itself against
// its meta-schema, so that a start need not; unoptimized code is made faster, and one document is all that it will see.
const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  ownProperties: true,
  strictTypes: false,
  validateSchema: false,
  code: { optimize: false },
})

/** True when the value is what schemas/guard-configuration.schema.json allows; otherwise its `errors` hold every Ajv error. */
export const isConfigurationDocument: ValidateFunction<ConfigurationDocument> = ajv.compile(schema)
