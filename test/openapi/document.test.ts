// The rules that make the OpenAPI document usable for client generators.
import t from 'tap'
import { describeApi } from '../../src/cli/describe-api.js'
import { importLineSchema } from '../../src/transfer/import-line-schema.js'

type Node = Record<string, any>
const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options']
/** Names that oapi-codegen gives to its own types of an operation. */
const GENERATED_SUFFIXES = ['Response', 'Params', 'JSONRequestBody', 'JSONBody']
/** Keywords whose values are data, not schemas. */
const DATA_KEYWORDS = new Set(['example', 'examples', 'default', 'enum', 'const', 'required', 'mapping'])

const document: Node = await describeApi()
const components: Node = document['components']
const operations = Object.entries<Node>(document['paths']).flatMap(([path, methods]) =>
  METHODS.filter((method) => methods[method] !== undefined)
    .map((method): [string, Node] => [`${method.toUpperCase()} ${path}`, methods[method]])
)

/** Every schema of a node with its JSON pointer. */
function* schemasIn (node: unknown, pointer = ''): Generator<[string, Node]> {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) yield [pointer, node]
  for (const [key, value] of Object.entries(node)) {
    if (!DATA_KEYWORDS.has(key)) yield* schemasIn(value, `${pointer}/${key}`)
  }
}

/** Pointers of the schemas that break a rule. */
const findSchemas = (breaksRule: (schema: Node) => boolean): string[] =>
  [...schemasIn(document)].filter(([, schema]) => breaksRule(schema)).map(([pointer]) => pointer)
const variantsOf = (schema: Node): Node[] => (Array.isArray(schema['anyOf']) ? schema['anyOf'] : schema['oneOf']) ?? []
const isNull = (schema: Node): boolean => schema['type'] === 'null'
const resolve = (schema: Node): Node => components['schemas'][String(schema['$ref']).split('/').at(-1) ?? ''] ?? schema

t.test('a nullable schema is a list of types; a nullable component is one of it and null', async (t) => {
  const isBadUnion = (schema: Node): boolean => {
    const variants = variantsOf(schema)
    return variants.some(isNull) &&
      (schema['anyOf'] !== undefined || variants.length !== 2 || variants.every(({ $ref }) => $ref === undefined))
  }
  t.strictSame(findSchemas(isBadUnion), [])
  t.strictSame(findSchemas(({ enum: values }) => Array.isArray(values) && values.includes(null)), [], 'no null values')
  t.ok(findSchemas(({ type }) => Array.isArray(type) && type.includes('null')).length > 50)
})

t.test('an enumeration is a component, unless it is the tag of a union or is used once', async (t) => {
  const places = new Map<string, string[]>()
  for (const [pointer, { enum: values }] of schemasIn(document)) {
    if (!Array.isArray(values) || values.length === 1) continue
    places.set(values.join(), [...places.get(values.join()) ?? [], pointer])
  }
  t.ok(places.size > 20)
  t.strictSame([...places.values()].filter((pointers) => pointers.length > 1), [])
})

t.test('the values of enumerations are visible characters, of which generators make names', async (t) => {
  const isInvisible = (value: unknown): boolean => typeof value === 'string' && !/^[!-~]+$/.test(value)
  t.strictSame(findSchemas(({ enum: values }) => Array.isArray(values) && values.some(isInvisible)), [])
})

t.test('JSON bodies and objects inside other schemas are components', async (t) => {
  const inlineBodies = operations.flatMap(([name, { requestBody, responses }]) => {
    const contents = [requestBody?.content, ...Object.values<Node>(responses).map(({ content }) => content)]
    return contents.filter((content) =>
      content?.['application/json']?.schema.$ref === undefined &&
      content?.['application/json'] !== undefined
    ).map(() => name)
  })
  t.strictSame(inlineBodies, [])
  const isNested = (pointer: string): boolean => !/^\/components\/schemas\/\w+$/.test(pointer)
  t.strictSame(
    [...schemasIn(document)].filter(([pointer, { type, properties }]) =>
      isNested(pointer) && typeof properties === 'object' && [type].flat().includes('object')
    ).map(([pointer]) => pointer),
    [],
  )
})

t.test('no component has a name that a generator uses for an operation', async (t) => {
  const taken = new Set(
    operations.flatMap(([, { operationId: id }]) =>
      GENERATED_SUFFIXES.map((suffix) => `${id.charAt(0).toUpperCase()}${id.slice(1)}${suffix}`)
    ),
  )
  t.strictSame(Object.keys(components['schemas']).filter((name) => taken.has(name)), [])
  t.strictSame(Object.keys(components['schemas']).filter((name) => !/^[A-Z][A-Za-z]+$/.test(name)), [])
})

t.test('a union whose variants have a field with one value each is tagged', async (t) => {
  const singleValued = (schema: Node): string[] =>
    Object.entries<Node>(resolve(schema)['properties'] ?? {})
      .filter(([, { enum: values }]) => values?.length === 1).map(([name]) => name)
  const unions = [...schemasIn(document)].filter(([, schema]) =>
    variantsOf(schema).length > 1 && !variantsOf(schema).some(isNull)
  )
  const untagged = unions.filter(([, schema]) => {
    const [first = [], ...others] = variantsOf(schema).map(singleValued)
    return schema['discriminator'] === undefined && first.some((name) => others.every((one) => one.includes(name)))
  })
  t.strictSame(untagged.map(([pointer]) => pointer), [])
  const tagged = unions.filter(([, { discriminator }]) => discriminator !== undefined)
  t.strictSame(
    tagged.map(([pointer]) => pointer).sort(),
    ['HomeRow', 'ImportLine'].map((name) => `/components/schemas/${name}`),
  )
  for (const [pointer, { oneOf, discriminator }] of tagged) {
    t.strictSame(Object.values(discriminator.mapping), oneOf.map(({ $ref }: Node) => $ref), pointer)
    for (const [value, $ref] of Object.entries(discriminator.mapping)) {
      t.strictSame(resolve({ $ref }).properties[discriminator.propertyName].enum, [value], `${pointer}: ${value}`)
    }
  }
})

t.test('operations, parameters, fields and responses are described', async (t) => {
  t.ok(operations.length > 100)
  const isDescribed = (schema: Node): boolean => Boolean(schema['description'] ?? resolve(schema)['description'])
  const missing = operations.flatMap(([name, operation]) =>
    [
      ...['summary', 'operationId', 'tags', 'responses'].filter((key) => operation[key] === undefined),
      ...(operation['parameters'] ?? []).filter((one: Node) => !isDescribed(one) && !isDescribed(one['schema'])).map((
        one: Node,
      ) => one['name']),
      ...Object.entries<Node>(operation['responses']).filter(([, one]) =>
        !one['description'] || one['description'] === 'Default Response'
      ).map(([status]) => status),
    ].map((what) => `${name}: ${what}`)
  )
  t.strictSame(missing, [])
  const ids = operations.map(([, { operationId }]) => operationId)
  t.equal(new Set(ids).size, ids.length, 'each operationId is unique')
  t.strictSame(
    Object.entries<Node>(components['schemas']).filter(([, { type, description }]) => type === 'object' && !description)
      .map(([name]) => name),
    [],
    'each component is described',
  )
  const undescribed = [...schemasIn(components['schemas'])].flatMap(([pointer, { properties }]) =>
    Object.entries<Node>(typeof properties === 'object' ? properties : {})
      .filter(([, schema]) => !isDescribed(schema)).map(([name]) => `${pointer}/${name}`)
  )
  t.strictSame(undescribed, [])
})

t.test('the document states rules that the code checks', async (t) => {
  const operation = (id: string): Node => operations.find(([, { operationId }]) => operationId === id)?.[1] ?? {}
  for (const id of ['selectProfile', 'markWatched']) {
    t.equal(operation(id)['requestBody'].required, false, `the body of ${id} may be omitted`)
  }
  t.equal(operation('logIn')['requestBody'].required, true)
  const fieldOf = (name: string, field: string): Node => components['schemas'][name].properties[field]
  const newPasswords = [fieldOf('SignUpBody', 'password'), fieldOf('ResetPasswordBody', 'password')]
  for (const password of [...newPasswords, fieldOf('ChangePasswordBody', 'newPassword')]) {
    t.match(password, { minLength: 8, maxLength: 128 })
  }
  t.match(fieldOf('LogInBody', 'password'), { minLength: 1, maxLength: 1_000 }, 'an old password may be shorter')
  const { propertyNames } = fieldOf('MovieInput', 'translations')
  t.match('pt-BR', new RegExp(propertyNames.pattern))
  t.notMatch('not a tag', new RegExp(propertyNames.pattern))
  const times = findSchemas(({ format }) => format === 'date-time')
  t.ok(times.length > 20)
  t.strictSame(findSchemas(({ formatMinimum }) => formatMinimum !== undefined), [], 'no keywords of Ajv')
  t.notMatch(JSON.stringify([document, importLineSchema()]), /"x-(?:documented|optional)"/)
})

t.test('paths are in kebab case; the files of an HLS package have extensions', async (t) => {
  const segment = '(?:[a-z0-9]+(?:-[a-z0-9]+)*|\\{[a-zA-Z]+\\})'
  const style = new RegExp(`^(?:/${segment})+(?:\\.(?:m3u8|mpd|mp4|m4s|vtt))?$`)
  t.match('/v1/hls/{itemId}/{renditionId}.m3u8', style)
  t.notMatch('/v1/watchList/', style)
  t.strictSame(Object.keys(document['paths']).filter((path) => !style.test(path)), [])
})
