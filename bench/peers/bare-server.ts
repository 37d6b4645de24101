// The peer without a framework: node:http and the MongoDB driver, one query for each read.
import bcrypt from 'bcryptjs'
import { MongoClient } from 'mongodb'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CARD_FIELDS,
  PAGE_SIZE,
  progressId,
  updateOfProgress,
  type PeerAccount,
  type PeerProgress,
  type PeerTitle,
} from './peer-data.js'
import { signPeerToken, verifyPeerToken } from './tokens.js'

const client = await new MongoClient(process.env['PEER_DATABASE_URI'] ?? '', { maxPoolSize: 50 }).connect()
const db = client.db()
const titles = db.collection<PeerTitle>('titles')
const accounts = db.collection<PeerAccount>('accounts')
const progress = db.collection<PeerProgress>('progress')
const cardFields = Object.fromEntries(CARD_FIELDS.map((name) => [name, 1]))

function send (response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes)
}

async function readJson<T> (request: IncomingMessage): Promise<T> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString()) as T
}

async function findTitle (id: string, kind: PeerTitle['kind'], response: ServerResponse): Promise<void> {
  const title = await titles.findOne({ _id: id })
  if (title?.kind !== kind) send(response, 404, { error: 'not found' })
  else send(response, 200, title)
}

async function listMovies (genre: string, response: ServerResponse): Promise<void> {
  const items = await titles.find({ kind: 'movie', genres: genre }, { projection: cardFields })
    .sort({ popularity: -1 }).limit(PAGE_SIZE).toArray()
  send(response, 200, { items })
}

async function saveProgress (
  account: string,
  [profile = '', item = '']: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { positionMs, at } = await readJson<{ positionMs: number, at: string }>(request)
  const _id = progressId({ account, profile, item })
  const { matchedCount } = await progress.updateOne({ _id }, updateOfProgress(positionMs, new Date(at)))
  send(response, matchedCount === 1 ? 200 : 404, { positionMs })
}

async function continueWatching (profile: string, response: ServerResponse): Promise<void> {
  const entries = await progress.find({ profile, finished: false }).sort({ at: -1 }).limit(PAGE_SIZE).toArray()
  const found = await titles.find({ _id: { $in: entries.map(({ title }) => title) } }, { projection: cardFields })
    .toArray()
  const byId = new Map(found.map((title) => [title._id, title]))
  const items = entries.map(({ title, item, positionMs, durationMs, at }) => ({
    title: byId.get(title),
    item,
    positionMs,
    durationMs,
    at,
  }))
  send(response, 200, { items })
}

async function logIn (request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { email, password } = await readJson<{ email: string, password: string }>(request)
  const account = await accounts.findOne({ email })
  if (account === null || !await bcrypt.compare(password, account.passwordHash)) {
    send(response, 401, { error: 'wrong credentials' })
    return
  }
  send(response, 200, { accessToken: signPeerToken(account._id), profiles: account.profiles })
}

async function handle (request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', headers } = request
  const [path = '', query = ''] = url.split('?')
  const [, resource, ...ids] = path.split('/')
  if (resource === 'health') {
    send(response, 200, { status: 'ok' })
    return
  }
  if (resource === 'login') {
    await logIn(request, response)
    return
  }
  const account = verifyPeerToken(headers.authorization)
  if (account === null) {
    send(response, 401, { error: 'no valid token' })
    return
  }
  const [id = ''] = ids
  if (resource === 'movies' && id !== '') await findTitle(id, 'movie', response)
  else if (resource === 'movies') await listMovies(new URLSearchParams(query).get('genre') ?? '', response)
  else if (resource === 'shows') await findTitle(id, 'show', response)
  else if (resource === 'progress' && method === 'PUT') await saveProgress(account, ids, request, response)
  else if (resource === 'continue') await continueWatching(id, response)
  else send(response, 404, { error: 'not found' })
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    console.error(error)
    if (!response.headersSent) send(response, 500, { error: 'internal error' })
  })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.once('disconnect', () => {
  process.exit(0)
})
