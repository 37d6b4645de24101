// A collection for Bruno (https://www.usebruno.com): one file for each operation, an environment for the demo, and
// scripts that store the tokens and IDs of responses for the next requests.
import bru from '@usebruno/lang'

const { envJsonToBruV2, jsonToBruV2, jsonToCollectionBru } = bru
const ADMIN_LOG_IN = { email: 'admin@normflix.test', password: 'normflix-admin', device: 'Bruno' }

/** Scripts that run after a response, by operation. */
const SCRIPTS = {
  signUp: ['if (res.status === 201) bru.setVar("accountToken", res.body.accessToken)'],
  logIn: [
    'if (res.status !== 200) return',
    'const { account, accessToken, refreshToken } = res.body',
    'if (account.role !== "member") return bru.setVar("adminToken", accessToken)',
    'bru.setVar("accountToken", accessToken)',
    'bru.setVar("refreshToken", refreshToken)',
    'bru.setVar("profileId", account.profiles[0].id)',
  ],
  refresh: [
    'if (res.status !== 200) return',
    'bru.setVar("accountToken", res.body.accessToken)',
    'bru.setVar("refreshToken", res.body.refreshToken)',
  ],
  selectProfile: ['if (res.status === 200) bru.setVar("profileToken", res.body.accessToken)'],
  startPlayback: ['if (res.status === 201) bru.setVar("streamId", res.body.streamId)'],
  listHistory: ['if (res.status === 200 && res.body.items.length > 0) bru.setVar("playId", res.body.items[0].id)'],
  clearHistory: ['if (res.status === 200) bru.setVar("undoId", res.body.undo)'],
  listAccounts: ['if (res.status === 200) bru.setVar("accountId", res.body.items[0].id)'],
  listCollections: ['if (res.status === 200) bru.setVar("collectionId", res.body.items[0]?.id)'],
}

const fileName = (text) => text.replace(/[/\\:*?"<>|`]/g, ' ').replace(/\s+/g, ' ').trim()

function toFile ({ id, method, path, parameters, body, otherBody, token, description }, name, seq) {
  const listOf = (place) =>
    parameters.filter((one) => one.in === place).map(({ name: key, value, required, isVariable }) => ({
      name: key,
      value: isVariable || key === 'profileId' ? `{{${key}}}` : value,
      enabled: place === 'path' || required,
      type: place,
    }))
  const query = listOf('query').filter(({ enabled }) => enabled).map(({ name: key, value }) =>
    `${key}=${encodeURIComponent(value)}`
  )
  const json = id === 'refresh' ? { refreshToken: '{{refreshToken}}' } : body
  return jsonToBruV2({
    meta: { name, type: 'http', seq },
    http: {
      method: method.toLowerCase(),
      url: `{{origin}}${path.replace(/\{(\w+)\}/g, ':$1')}${query.length === 0 ? '' : `?${query.join('&')}`}`,
      body: json === null ? 'none' : 'json',
      auth: token === null ? 'none' : 'bearer',
    },
    params: [...listOf('query'), ...listOf('path')],
    headers: [
      ...listOf('header').map(({ type: _, ...header }) => header),
      ...(otherBody === null || json !== null ? [] : [{ name: 'Content-Type', value: otherBody, enabled: true }]),
    ],
    ...(token === null ? {} : { auth: { bearer: { token: `{{${token}}}` } } }),
    ...(json === null ? {} : { body: { json: JSON.stringify(json, null, 2) } }),
    ...(SCRIPTS[id] === undefined ? {} : { script: { res: SCRIPTS[id].join('\n') } }),
    docs: description,
  })
}

/** Files of the collection by path. */
export function writeBrunoFiles ({ info, tags }, requests) {
  const files = {
    'bruno/bruno.json': `${JSON.stringify({ version: '1', name: info.title, type: 'collection' }, null, 2)}\n`,
    'bruno/collection.bru': jsonToCollectionBru({ docs: info.description }),
    'bruno/environments/Demo.bru': envJsonToBruV2({
      variables: [
        { name: 'origin', value: 'http://127.0.0.1:3000', enabled: true, secret: false, type: 'text' },
        ...requests.flatMap(({ parameters }) => parameters.filter(({ name }) => name === 'profileId')).slice(0, 1)
          .map(({ name, value }) => ({ name, value, enabled: true, secret: false, type: 'text' })),
      ],
    }),
  }
  for (const { name: tag } of tags) {
    const ofTag = requests.filter((request) => request.tag === tag)
    for (const [i, request] of ofTag.entries()) {
      const name = fileName(request.summary)
      files[`bruno/${fileName(tag)}/${name}.bru`] = toFile(request, name, i + 1)
    }
  }
  const logIn = requests.find(({ id }) => id === 'logIn')
  const name = 'Log in as administrator'
  files[`bruno/${fileName(logIn.tag)}/${name}.bru`] = toFile({ ...logIn, body: ADMIN_LOG_IN }, name, requests.length)
  return files
}
