// What turns schemas into functions. Every plugin asks for compilers of its own: those that know the same shared schemas are
// one, and a schema is compiled once however many routes use it. Starting is mostly this work.
import type { FastifyServerOptions } from 'fastify'
import fastJsonStringify, { type Options, type Schema } from 'fast-json-stringify'
import { buildValidator } from './validator.js'

type Serialize = (body: unknown) => string
type CompilersFactory = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>

/** For one app. */
export function createCompilers (): CompilersFactory {
  return {
    buildValidator: oncePerSchemas(buildValidator),
    buildSerializer: oncePerSchemas(buildSerializer),
  } as unknown as CompilersFactory
}

function oncePerSchemas<Shared extends object, Rest extends unknown[], Compiler> (
  build: (sharedSchemas: Shared, ...rest: Rest) => Compiler,
): typeof build {
  const built = new Map<string, Compiler>()
  return (sharedSchemas, ...rest) => {
    const names = Object.keys(sharedSchemas).join()
    const compiler = built.get(names) ?? build(sharedSchemas, ...rest)
    built.set(names, compiler)
    return compiler
  }
}

function buildSerializer (
  sharedSchemas: NonNullable<Options['schema']>,
  options: Options,
): (route: { readonly schema: Schema }) => Serialize {
  const made = new Map<string, Serialize>()
  return ({ schema }) => {
    const text = JSON.stringify(schema)
    const serialize = made.get(text) ?? fastJsonStringify(schema, { ...options, schema: sharedSchemas }) as Serialize
    made.set(text, serialize)
    return serialize
  }
}
