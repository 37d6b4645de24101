// The home page of a profile: rows of cards.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findProfileWatching } from '../models/account.js'
import { browse, type Sort } from '../src/catalogue/browse.js'
import { readStatesOf } from '../src/catalogue/profile-state.js'
import type { CatalogueTitle } from '../src/catalogue/snapshot.js'
import { canSee } from '../src/domain/maturity.js'
import { fail, notFound } from '../src/errors.js'
import { accountOf, callerOf, profileOf } from '../src/plugins/auth.js'
import { toCard } from '../src/schemas/catalogue.js'
import { answers, ProfileParams } from '../src/schemas/common.js'
import { HomeRow, type HomeRowView } from '../src/schemas/home.js'
import { toContinueCard } from '../src/schemas/watching.js'
import { listContinueCards } from '../src/watching/continue-watching.js'
import { watcherOf } from './playback.js'

const ROW_LENGTH = 20

const home: FastifyPluginAsyncTypebox = async (app) => {
  const { catalogue, watching, now } = app.services

  app.get('/profiles/:profileId/home', {
    config: { access: 'profile' },
    schema: {
      tags: ['catalogue'],
      summary: 'The home page: rows of cards, those without any left out',
      operationId: 'getHome',
      params: ProfileParams,
      response: answers({ 200: Type.Object({ rows: Type.Array(HomeRow) }) }),
    },
  }, async (request, reply) => {
    const [{ limits }, profile] = await Promise.all([accountOf(app, request), findProfileWatching(callerOf(request).accountId, profileOf(request).id)])
    const viewer = profileOf(request)
    const seen = { viewer, planMaxHeight: limits.maxHeight }
    const cards = await listContinueCards(watching, watcherOf(request), { ...seen, limit: ROW_LENGTH }) ?? []
    const most = (sort: Sort): CatalogueTitle[] => browse(catalogue, { ...seen, filter: {}, sort, descending: true, after: null, limit: ROW_LENGTH, now: now() }).titles
    const wishes = (profile ?? fail(notFound('profile'))).wishlist.map((id) => catalogue.findTitle(id.toString()))
      .filter((title) => title !== null && canSee(viewer, title, now())).slice(0, ROW_LENGTH) as CatalogueTitle[]
    const lists: Array<[id: string, title: string, titles: CatalogueTitle[]]> = [['wishlist', 'Wishlist', wishes], ['popular', 'Popular', most('popularity')], ['new', 'New', most('added')]]
    const states = await readStatesOf(profile ?? fail(notFound('profile')), lists.flatMap(([, , titles]) => titles.map(({ id }) => id)))
    const rows: HomeRowView[] = [
      { kind: 'continue', id: 'continue-watching', title: 'Continue watching', items: cards.map(toContinueCard), nextCursor: null },
      ...lists.map(([id, title, titles]) => ({ kind: 'titles' as const, id, title, items: titles.map((one) => toCard(one, states(one.id))), nextCursor: null })),
    ]
    return await reply.send({ rows: rows.filter(({ items }) => items.length > 0) })
  })
}

export default home
