// scripts/build.ts puts a validator made ahead of time in the place of this module: making it takes longer than a start.
import { Ajv, type ValidateFunction } from 'ajv'
import schema from '../../schemas/guard-configuration.schema.json' with { type: 'json' }
import type { ConfigurationDocument } from './configuration-document.ts'
import { SCHEMA_OPTIONS } from './schema-options.ts'

/** True when the value is what schemas/guard-configuration.schema.json allows; otherwise its `errors` hold every Ajv error. */
export const isConfigurationDocument: ValidateFunction<ConfigurationDocument> = new Ajv(SCHEMA_OPTIONS).compile(schema)
