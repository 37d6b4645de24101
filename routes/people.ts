// People of the catalogue: found by name, each with the titles they took part in.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import mongoose from 'mongoose'
import { Type } from 'typebox'
import { Title, type StoredTitle } from '../models/title.js'
import { createRequestLocaliser, visibleTitlesOf } from '../src/http/content-language.js'
import { sendTagged } from '../src/http/etags.js'
import { creditsOf, hasName, type CataloguePerson } from '../src/catalogue/queries/people.js'
import { loadTitleStates } from '../src/watching/title-states.js'
import type { CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { compareRanks, pageOfOrdered, pageOfRanked, type RankKey } from '../src/domain/ranked-page.js'
import { notFound } from '../src/errors.js'
import { callerOf, maturityScopeOf } from '../src/plugins/auth.js'
import { toCard } from '../src/schemas/catalogue.js'
import { PersonDetail, PersonView } from '../src/schemas/collections.js'
import { responses, Cursor, Id, Limit, pageSchema, ref, strict } from '../src/schemas/common.js'
import type { AccountAccess } from '../src/accounts/access.js'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import type { CursorCodec } from '../src/security/cursors.js'
import type { ContentLanguageDeps } from '../src/http/content-language.js'

const PeopleQuery = strict({
  q: Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: '\\S',
    description: 'The beginnings of words of the name, in any order',
    examples: ['keanu r'],
  }),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

export interface PeopleRouteOptions extends ContentLanguageDeps {
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  now(): Date
}

const people: FastifyPluginAsyncTypebox<PeopleRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, now, access } = deps

  app.get('/people', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'People by name',
      operationId: 'listPeople',
      querystring: PeopleQuery,
      response: responses({ 200: pageSchema(ref(PersonView)) }),
    },
  }, async (request, reply) => {
    const { q, limit, cursor } = request.query
    const scope = ['people', q]
    const viewer = await maturityScopeOf(access, request)
    const moment = now()
    const isWanted = hasName(q)
    const named: Array<{ person: CataloguePerson, key: RankKey }> = []
    for (const person of catalogue.people()) {
      if (isWanted(person)) named.push({ person, key: [person.sortName, person.id] })
    }
    named.sort((a, b) => compareRanks(a.key, b.key))
    const isSeen = ({ person }: typeof named[number]): boolean =>
      visibleTitlesOf(catalogue, person, viewer, moment).length > 0
    const { entries, next } = pageOfOrdered(
      named,
      cursors.decode<RankKey>(cursor, scope),
      limit,
      isSeen,
    )
    const items = entries.map(({ person }) => ({
      id: person.id,
      name: person.name,
      titleCount: visibleTitlesOf(catalogue, person, viewer, moment).length,
    }))
    return await sendTagged(request, reply, { items, nextCursor: next === null ? null : cursors.encode(next, scope) })
  })

  app.get('/people/:personId', {
    config: { access: 'catalogue' },
    schema: {
      tags: ['catalogue'],
      summary: 'One person with their titles, newest first',
      operationId: 'getPerson',
      params: Type.Object({ personId: Id }),
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: ref(PersonDetail) }),
    },
  }, async (request, reply) => {
    const { params: { personId }, query: { limit, cursor } } = request
    const person = catalogue.findPerson(personId)
    const titles = person === null
      ? []
      : visibleTitlesOf(catalogue, person, await maturityScopeOf(access, request), now())
    if (person === null || titles.length === 0) throw notFound('person')
    const scope = ['person', person.id]
    const newest = titles.map((title) => ({ title, key: newestKey(title) })).sort((a, b) => compareRanks(b.key, a.key))
    const { entries, next } = pageOfRanked(
      newest,
      cursors.decode<RankKey>(cursor, scope),
      limit,
      () => true,
    )
    const ids = entries.map(({ title }) => title.id)
    const [stored, states] = await Promise.all([findCredits(ids), loadTitleStates(callerOf(request), ids)])
    const localiser = createRequestLocaliser(deps, request)
    const items = entries.map(({ title }) => ({
      title: toCard(title, states(title.id), localiser),
      credits: creditsOf(stored.get(title.id), person.id),
    }))
    const body = {
      id: person.id,
      name: person.name,
      titleCount: titles.length,
      items,
      nextCursor: next === null ? null : cursors.encode(next, scope),
    }
    return await sendTagged(request, reply, body, null, localiser.languages())
  })
}

/** Roles are not kept in memory: they are read for the titles of a page. */
async function findCredits (ids: readonly string[]): Promise<Map<string, Pick<StoredTitle, '_id' | 'cast' | 'crew'>>> {
  const found = await Title.find({ _id: mongoose.trusted({ $in: ids }) }, { cast: 1, crew: 1 }).lean<
    Array<Pick<StoredTitle, '_id' | 'cast' | 'crew'>>
  >()
  return new Map(found.map((title) => [title._id.toString(), title]))
}

/** Titles without a year come last. */
function newestKey ({ releaseDate, year, id }: CatalogueTitle): RankKey {
  const date = releaseDate ?? `${year ?? 0}`
  return [Number(date.replaceAll('-', '').padEnd(8, '0')), id]
}

export default people
