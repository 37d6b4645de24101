// Compiles schemas into validators and serialisers. Fastify creates compilers per plugin: plugins with the same shared
// schemas share theirs, and each schema is compiled once, when the first request needs it: compiling all of them would
// double the startup time.
import type { FastifyServerOptions } from 'fastify'
import fastJsonStringify, { type Options, type Schema } from 'fast-json-stringify'
import { buildValidator } from './validator.js'

/** The serialiser checks no formats; it only has to know those that Ajv lacks. */
const SERIALISER_AJV = { formats: { 'idn-email': true as const } }

type Serialize = (body: unknown) => string
type CompilersFactory = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>

/** Creates the compilers of one app. */
export function createSchemaCompilers (): CompilersFactory {
  return {
    buildValidator: cachePerSharedSchemas(buildValidator),
    buildSerializer: cachePerSharedSchemas(buildSerializer),
  } as unknown as CompilersFactory
}

function cachePerSharedSchemas<Shared extends object, Rest extends unknown[], Compiler> (
  build: (sharedSchemas: Shared, ...rest: Rest) => Compiler,
): typeof build {
  const compilers = new Map<string, Compiler>()
  return (sharedSchemas, ...rest) => {
    const key = Object.keys(sharedSchemas).join()
    const compiler = compilers.get(key) ?? build(sharedSchemas, ...rest)
    compilers.set(key, compiler)
    return compiler
  }
}

function buildSerializer (
  sharedSchemas: NonNullable<Options['schema']>,
  options: Options,
): (route: { readonly schema: Schema }) => Serialize {
  const serializers = new Map<string, Serialize>()
  return ({ schema }) => {
    const key = JSON.stringify(schema)
    const compile = (): Serialize =>
      fastJsonStringify(schema, { ...options, ajv: SERIALISER_AJV, schema: sharedSchemas }) as Serialize
    const serialize = serializers.get(key) ?? compileOnFirstCall(compile)
    serializers.set(key, serialize)
    return serialize
  }
}

function compileOnFirstCall (compile: () => Serialize): Serialize {
  let serialize: Serialize | null = null
  return (body) => {
    serialize ??= compile()
    return serialize(body)
  }
}
