import type { Options } from 'ajv'

/**
 * How the validator of the configuration is made, at run time from source and ahead of time for the bundle. Errors carry the
 * schema they come from, because its titles say what is expected; a test checks the schema itself against its meta-schema.
 */
export const SCHEMA_OPTIONS = {
  allErrors: true,
  verbose: true,
  ownProperties: true,
  strictTypes: false,
  validateSchema: false,
} satisfies Options
