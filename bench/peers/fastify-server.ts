// The peer that a team would write first: Fastify with schemas and Mongoose with lean reads.
import fastifyJwt from '@fastify/jwt'
import bcrypt from 'bcryptjs'
import Fastify from 'fastify'
import mongoose, { Schema } from 'mongoose'
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
import { PEER_SECRET } from './tokens.js'

const person = new Schema({ name: String, role: String }, { _id: false })
const file = new Schema(
  { id: String, width: Number, height: Number, durationMs: Number, sizeBytes: Number, codec: String, language: String },
  { _id: false },
)
const episode = new Schema(
  { id: String, number: Number, title: String, synopsis: String, runtimeMs: Number, airDate: String, files: [file] },
  { _id: false },
)
const Title = mongoose.model(
  'Title',
  new Schema<PeerTitle>({
    _id: String,
    kind: String,
    title: String,
    synopsis: String,
    releaseDate: String,
    genres: [String],
    maturityRating: String,
    cast: [person],
    crew: [person],
    popularity: Number,
    runtimeMs: Number,
    files: [file],
    seasons: [new Schema({ number: Number, episodes: [episode] }, { _id: false })],
  } as never, { collection: 'titles', autoIndex: false }),
)
const Account = mongoose.model(
  'Account',
  new Schema<PeerAccount>({
    _id: String,
    email: String,
    passwordHash: String,
    profiles: [new Schema({ id: String, name: String }, { _id: false })],
  } as never, { collection: 'accounts', autoIndex: false }),
)
const Progress = mongoose.model(
  'Progress',
  new Schema<PeerProgress>({
    _id: String,
    account: String,
    profile: String,
    title: String,
    item: String,
    positionMs: Number,
    durationMs: Number,
    finished: Boolean,
    at: Date,
  }, { collection: 'progress', autoIndex: false }),
)

const app = Fastify({ logger: false })
await app.register(fastifyJwt, { secret: PEER_SECRET })
const verifyToken = async (request: { jwtVerify(): Promise<unknown> }): Promise<void> => {
  await request.jwtVerify()
}
const notFound = (): Error => Object.assign(new Error('not found'), { statusCode: 404 })

app.get('/health', async () => ({ status: 'ok' }))

for (const [path, kind] of [['/movies/:id', 'movie'], ['/shows/:id', 'show']] as const) {
  app.get<{ Params: { id: string } }>(path, { onRequest: verifyToken }, async (request) => {
    const title = await Title.findById(request.params.id).lean()
    if (title?.kind !== kind) throw notFound()
    return title
  })
}

app.get<{ Querystring: { genre: string } }>('/movies', {
  onRequest: verifyToken,
  schema: { querystring: { type: 'object', required: ['genre'], properties: { genre: { type: 'string' } } } },
}, async (request) => {
  const items = await Title.find({ kind: 'movie', genres: request.query.genre }, CARD_FIELDS.join(' '))
    .sort({ popularity: -1 }).limit(PAGE_SIZE).lean()
  return { items }
})

app.put<{ Params: { profile: string, item: string }, Body: { positionMs: number, at: string } }>(
  '/progress/:profile/:item',
  {
    onRequest: verifyToken,
    schema: {
      body: {
        type: 'object',
        required: ['positionMs', 'at'],
        properties: { positionMs: { type: 'integer', minimum: 0 }, at: { type: 'string' } },
      },
    },
  },
  async (request, reply) => {
    const { params: { profile, item }, body: { positionMs, at } } = request
    const { sub: account } = request.user as { sub: string }
    const { matchedCount } = await Progress.updateOne(
      { _id: progressId({ account, profile, item }) },
      updateOfProgress(positionMs, new Date(at)),
      { updatePipeline: true },
    )
    return await reply.code(matchedCount === 1 ? 200 : 404).send({ positionMs })
  },
)

app.get<{ Params: { profile: string } }>('/continue/:profile', { onRequest: verifyToken }, async (request) => {
  const entries = await Progress.find({ profile: request.params.profile, finished: false })
    .sort({ at: -1 }).limit(PAGE_SIZE).lean()
  const found = await Title.find({ _id: { $in: entries.map(({ title }) => title) } }, CARD_FIELDS.join(' ')).lean()
  const byId = new Map(found.map((title) => [title._id, title]))
  const items = entries.map(({ title, item, positionMs, durationMs, at }) => ({
    title: byId.get(title),
    item,
    positionMs,
    durationMs,
    at,
  }))
  return { items }
})

app.post<{ Body: { email: string, password: string } }>('/login', {
  schema: {
    body: {
      type: 'object',
      required: ['email', 'password'],
      properties: { email: { type: 'string' }, password: { type: 'string' } },
    },
  },
}, async (request, reply) => {
  const account = await Account.findOne({ email: request.body.email }).lean()
  if (account === null || !await bcrypt.compare(request.body.password, account.passwordHash)) {
    return await reply.code(401).send({ error: 'wrong credentials' })
  }
  return { accessToken: app.jwt.sign({ sub: account._id } as never), profiles: account.profiles }
})

await mongoose.connect(process.env['PEER_DATABASE_URI'] ?? '', { maxPoolSize: 50 })
await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.({ port: (app.server.address() as AddressInfo).port })
process.once('disconnect', () => {
  process.exit(0)
})
