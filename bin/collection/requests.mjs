// The requests of the OpenAPI document, with the examples that work on the demo.

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head']
/** Paths that need the token of the account; other paths work with the token of a profile. */
const ACCOUNT_PATH = /^\/v1\/(?:account|auth|profiles$|profiles\/\{profileId\}(?:\/select)?$)/
/** Parameters whose value is in an earlier response: the collection stores them, the cheat sheet names them. */
const VARIABLE_IDS =
  /^(?:streamId|undoId|playId|sessionId|accountId|collectionId|rowId|uploadId|mediaFileId|subtitleId)$/

/** The variable with the token of an operation; null for a public one. */
function tokenOf (path, { security = [] }) {
  if (!security.some(({ bearer }) => bearer !== undefined)) return null
  if (path.startsWith('/v1/admin')) return 'adminToken'
  return ACCOUNT_PATH.test(path) ? 'accountToken' : 'profileToken'
}

const exampleOf = ({ example, schema = {} }) => example ?? schema.examples?.[0] ?? schema.default ?? ''

/** A parameter with its value: the example, or a variable of an earlier response. */
function toParameter (parameter) {
  const { name, required = false, description = '' } = parameter
  const isVariable = parameter.in === 'path' && VARIABLE_IDS.test(name)
  return { name, in: parameter.in, required, description, isVariable, value: String(exampleOf(parameter)) }
}

/** Requests in the order of the tags: tag, ID, texts, method, path, parameters, JSON body and token. */
export function listRequests ({ paths, tags }) {
  const requests = Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method] !== undefined).map((method) => {
      const operation = methods[method]
      const content = operation.requestBody?.content ?? {}
      return {
        tag: operation.tags[0],
        id: operation.operationId,
        summary: operation.summary,
        description: operation.description,
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []).map(toParameter),
        body: content['application/json']?.example ?? null,
        otherBody: Object.keys(content).find((type) => type !== 'application/json') ?? null,
        token: tokenOf(path, operation),
      }
    })
  )
  const order = tags.map(({ name }) => name)
  return requests.sort((one, other) => order.indexOf(one.tag) - order.indexOf(other.tag))
}
