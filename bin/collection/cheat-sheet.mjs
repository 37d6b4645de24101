// A page with a curl and an HTTPie command for each operation.

const START = `# Cheat sheet

Built from the OpenAPI document by \`npm run collection\`. Set the variables first:

\`\`\`sh
API=http://127.0.0.1:3000
LOGIN=$(curl -sf "$API/v1/auth/login" -H 'Content-Type: application/json' \\
  -d '{"email":"demo@normflix.test","password":"normflix-demo"}')
accountToken=$(echo "$LOGIN" | jq -r .accessToken)
profileId=$(echo "$LOGIN" | jq -r '.account.profiles[0].id')
profileToken=$(curl -sf -X POST "$API/v1/profiles/$profileId/select" -H "Authorization: Bearer $accountToken" |
  jq -r .accessToken)
adminToken=$(curl -sf "$API/v1/auth/login" -H 'Content-Type: application/json' \\
  -d '{"email":"admin@normflix.test","password":"normflix-admin"}' | jq -r .accessToken)
\`\`\`

A variable such as \`$streamId\` is in an earlier response.
`

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`

function urlOf ({ path, parameters }) {
  const valueOf = ({ name, value, isVariable }) =>
    isVariable || name === 'profileId' ? `$${name}` : encodeURIComponent(value)
  const filled = parameters.filter((one) => one.in === 'path')
    .reduce((text, one) => text.replace(`{${one.name}}`, valueOf(one)), path)
  const query = parameters.filter((one) => one.in === 'query' && one.required)
    .map((one) => `${one.name}=${valueOf(one)}`)
  return `"$API${filled}${query.length === 0 ? '' : `?${query.join('&')}`}"`
}

function headersOf ({ parameters, token, otherBody, body }) {
  return [
    ...(token === null ? [] : [`"Authorization: Bearer $${token}"`]),
    ...parameters.filter((one) => one.in === 'header' && one.required).map(({ name, value }) => `'${name}: ${value}'`),
    ...(body !== null
      ? ["'Content-Type: application/json'"]
      : otherBody === null
      ? []
      : [`'Content-Type: ${otherBody}'`]),
  ]
}

function toCurl (request) {
  const { method, body, otherBody } = request
  const options = method === 'HEAD'
    ? '-I'
    : method === 'GET' || (method === 'POST' && body !== null)
    ? ''
    : `-X ${method}`
  const parts = [
    ['curl', options, urlOf(request)].filter(Boolean).join(' '),
    ...headersOf(request).map((header) => `-H ${header}`),
    ...(body === null ? [] : [`-d ${quote(JSON.stringify(body))}`]),
    ...(body === null && otherBody !== null ? ['--data-binary @file'] : []),
  ]
  return parts.join(' \\\n  ')
}

function toHttpie (request) {
  const headers = headersOf(request).map((header) => header.replace(': ', ':'))
  const { method, body, otherBody } = request
  const input = body !== null ? `--raw ${quote(JSON.stringify(body))}` : otherBody === null ? '' : '@file'
  return ['http', body === null ? '' : input, method, urlOf(request), ...headers, body === null ? input : '']
    .filter(Boolean).join(' ')
}

export function writeCheatSheet ({ tags }, requests) {
  const sections = tags.map(({ name, description }) => {
    const ofTag = requests.filter(({ tag }) => tag === name).map((request) =>
      `### ${request.summary}\n\n\`${request.id}\`\n\n\`\`\`sh\n${toCurl(request)}\n# ${toHttpie(request)}\n\`\`\`\n`
    )
    return `## ${name}\n\n${description}.\n\n${ofTag.join('\n')}`
  })
  return [START, ...sections].join('\n')
}
