import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type AwsModel, fromAwsModel } from './aws-model.ts'
import { fromOpenApi, type OpenApi } from './open-api.ts'
import { describe, type DescriptionOptions, type ServiceDescription } from './service-description.ts'

/** Beside the repository that this file is in; it is not part of it. */
const besideRepository = resolve(import.meta.dirname, '../../../../../shared/specs')

export interface ReadDescriptionOptions extends DescriptionOptions {
  /** Reads a file that is no JSON. @default `JSON.parse` */
  readonly parse?: (text: string) => unknown
  /** Where the file is. @default `shared/specs` beside this repository */
  readonly folder?: string
}

/**
 * A vendor's own description of its API: OpenAPI 3, or the model of a service of AWS.
 *
 * @returns undefined where the file is not there
 */
export function readDescription(name: string, options: ReadDescriptionOptions = {}): ServiceDescription | undefined {
  const { parse = JSON.parse, folder = besideRepository } = options
  const path = join(folder, name)
  if (!existsSync(path)) return undefined
  const content = parse(readFileSync(path, 'utf8')) as OpenApi | AwsModel
  return describe(name, 'operations' in content ? fromAwsModel(content) : fromOpenApi(content), options)
}
