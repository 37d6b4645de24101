// People of the catalogue: search by name, and a page with their titles.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { findCredits } from '../models/title.js'
import type { AccountAccess } from '../src/accounts/access.js'
import { findVisibleTitles } from '../src/catalogue/queries/find-visible.js'
import { createNameMatcher, personCredits } from '../src/catalogue/queries/people.js'
import { createPlayableCheck } from '../src/catalogue/queries/playable-formats.js'
import type { Catalogue, CataloguePerson, CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import { compareRanks, pageOfOrdered, pageOfRanked, type RankKey } from '../src/domain/ranked-page.js'
import { notFound } from '../src/errors.js'
import { createRequestLocaliser, type ContentLanguageDeps } from '../src/http/content-language.js'
import { sendWithEtag } from '../src/http/etags.js'
import { callerOf, maturityScopeOf, viewingLimitsOf } from '../src/plugins/caller.js'
import { Cursor, Id, Limit, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { Person, PersonDetail } from '../src/schemas/people.js'
import { LOCALISED_ETAG, withHeaders } from '../src/schemas/response-headers.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toPicture } from '../src/views/pictures.js'
import { toCard } from '../src/views/cards.js'
import type { ProfileStates } from '../src/watching/profile-states.js'
import { loadTitleStates } from '../src/watching/title-states.js'

const PeopleQuery = strict({
  q: Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: '\\S',
    description: 'Beginnings of words of the name, in any order',
    examples: ['keanu r'],
  }),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

export interface PeopleRouteOptions extends ContentLanguageDeps {
  readonly states: ProfileStates
  readonly access: AccountAccess
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  now(): Date
}

const people: FastifyPluginAsyncTypebox<PeopleRouteOptions> = async (app, deps) => {
  const { access, catalogue, cursors, now } = deps

  app.get('/people', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['People and collections'],
      summary: 'Find people by name',
      description: 'People of titles within the maturity limits of the token, by the beginning of a word of their ' +
        'name.',
      operationId: 'listPeople',
      querystring: PeopleQuery,
      response: responses({ 200: withHeaders(pageSchema(ref(Person)), 'ETag') }),
    },
  }, async (request, reply) => {
    const { q, limit, cursor } = request.query
    const scope = ['people', q]
    const maturityScope = await maturityScopeOf(access, request)
    const at = now()
    const countTitles = ({ titleIds }: CataloguePerson): number =>
      findVisibleTitles(catalogue, maturityScope, titleIds, at).length
    const { entries, next } = pageOfOrdered(
      findPeople(q),
      cursors.decode<RankKey>(cursor, scope),
      limit,
      ({ person }) => countTitles(person) > 0,
    )
    const items = entries.map(({ person }) => ({
      id: person.id,
      name: person.name,
      ...toPicture(catalogue.findPersonPicture(person.id)),
      titleCount: countTitles(person),
    }))
    return await sendWithEtag(request, reply, { items, nextCursor: cursors.encodeNext(next, scope) })
  })

  /** People whose name matches, by name. */
  function findPeople (query: string): Array<{ person: CataloguePerson, key: RankKey }> {
    const matchesName = createNameMatcher(query)
    const found: Array<{ person: CataloguePerson, key: RankKey }> = []
    for (const person of catalogue.people()) {
      if (matchesName(person)) found.push({ person, key: [person.sortName, person.id] })
    }
    return found.sort((a, b) => compareRanks(a.key, b.key))
  }

  app.get('/people/:personId', {
    config: { access: 'catalogue', scope: 'catalogue:read' },
    schema: {
      tags: ['People and collections'],
      summary: 'Get a person with their titles, newest first',
      description: 'Lists titles within the maturity limits of the token, with the role or job in each.',
      operationId: 'getPerson',
      params: Type.Object({ personId: Id }),
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: withHeaders(ref(PersonDetail), ...LOCALISED_ETAG) }),
    },
  }, async (request, reply) => {
    const { params: { personId }, query: { limit, cursor } } = request
    const person = catalogue.findPerson(personId)
    const { scope: maturityScope, planMaxHeight } = await viewingLimitsOf(access, request)
    const titles = person === null ? [] : findVisibleTitles(catalogue, maturityScope, person.titleIds, now())
    if (person === null || titles.length === 0) throw notFound('person')
    const scope = ['person', person.id]
    const newestFirst = titles.map((title) => ({ title, key: dateKey(title) })).sort((a, b) =>
      compareRanks(b.key, a.key)
    )
    const { entries, next } = pageOfRanked(newestFirst, cursors.decode<RankKey>(cursor, scope), limit, () => true)
    const ids = entries.map(({ title }) => title.id)
    const [credits, states] = await Promise.all([
      findCredits(ids),
      loadTitleStates(deps.states, callerOf(request), ids),
    ])
    const localiser = createRequestLocaliser(deps, request)
    const isPlayable = createPlayableCheck(catalogue, planMaxHeight)
    const items = entries.map(({ title }) => ({
      title: toCard(title, isPlayable(title), states(title.id), localiser),
      credits: personCredits(credits.get(title.id), person.id),
    }))
    const { id, name } = person
    const body = {
      id,
      name,
      ...toPicture(catalogue.findPersonPicture(id)),
      titleCount: titles.length,
      items,
      nextCursor: cursors.encodeNext(next, scope),
    }
    return await sendWithEtag(request, reply, body, null, localiser.languages())
  })
}

/** Sorts titles by date. Titles without a year come last. */
function dateKey ({ releaseDate, year, id }: CatalogueTitle): RankKey {
  const date = releaseDate ?? `${year ?? 0}`
  return [Number(date.replaceAll('-', '').padEnd(8, '0')), id]
}

export default people
