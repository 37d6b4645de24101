// Lists titles for administrators, unpublished ones included, and publishes many of them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { pageOfSortedTitles } from '../src/catalogue/queries/browse.js'
import { SORTS, type Catalogue, type CatalogueTitle } from '../src/catalogue/store/catalogue.js'
import type { SortPosition } from '../src/catalogue/store/sorted-lists.js'
import type { EditingDeps } from '../src/editing/edit-show.js'
import { publishTitles } from '../src/editing/publication.js'
import { AdminTitle, PublicationResult } from '../src/schemas/admin-titles.js'
import { Cursor, Id, Limit, listSchema, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import { SearchText } from '../src/schemas/search.js'
import { TitleKind } from '../src/schemas/titles.js'
import type { TitleSearch } from '../src/search/title-search.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { toAdminTitle } from '../src/views/admin-titles.js'

const AdminTitlesQuery = strict({
  q: Type.Optional(SearchText),
  type: Type.Optional(TitleKind),
  published: Type.Optional(Type.Boolean({ description: 'Only published titles, or only unpublished ones' })),
  sort: Type.Enum([...SORTS], {
    title: 'SortKey',
    default: 'added',
    description: 'Sort key; not used with `q`, which lists the best match first',
  }),
  limit: Limit,
  cursor: Type.Optional(Cursor),
})

const MAX_PUBLISHED_TITLES = 100
const Publication = strict({
  titleIds: Type.Array(Id, {
    minItems: 1,
    maxItems: MAX_PUBLISHED_TITLES,
    uniqueItems: true,
    description: 'IDs of movies and shows, each once',
  }),
  published: Type.Boolean({ description: 'true publishes the titles, false hides them from viewers' }),
})

export interface AdminTitleListRouteOptions extends EditingDeps {
  readonly catalogue: Catalogue
  readonly search: TitleSearch
  readonly cursors: CursorCodec
}

const adminTitleList: FastifyPluginAsyncTypebox<AdminTitleListRouteOptions> = async (app, options) => {
  const { catalogue, search, cursors } = options

  app.get('/admin/titles', {
    config: { access: 'staff', scope: 'catalogue:read' },
    schema: {
      tags: ['Admin: titles'],
      summary: 'List movies and shows, unpublished ones included',
      description:
        'Sorted by title ascending, by anything else descending. With `q`, the best match first; `q` finds the same ' +
        'as the search of viewers. A show counts its episodes that have a media file to play.',
      operationId: 'listTitlesForAdmin',
      querystring: AdminTitlesQuery,
      response: responses({ 200: pageSchema(ref(AdminTitle)) }),
    },
  }, async (request) => {
    const { q = '', type = null, published = null, sort, limit, cursor } = request.query
    const scope = ['admin titles', q, type, published, sort]
    const isWanted = (title: CatalogueTitle): boolean =>
      (type === null || title.kind === type) && (published === null || title.published === published)
    const { titles, next } = q.trim() === ''
      ? pageOfSortedTitles(
        catalogue.sortedTitles(sort),
        { sort, descending: sort !== 'title', after: cursors.decode<SortPosition>(cursor, scope), limit },
        isWanted,
      )
      : searchPage((await search.find(q)).titleIds, isWanted, cursors.decode<number>(cursor, scope) ?? 0, limit)
    return {
      items: titles.map((title) => toAdminTitle(catalogue, title)),
      nextCursor: cursors.encodeNext(next, scope),
    }
  })

  app.put('/admin/titles/publication', {
    config: { access: 'editor', scope: 'catalogue:write' },
    schema: {
      tags: ['Admin: titles'],
      summary: 'Publish or unpublish up to 100 titles',
      description: 'Each title has a result of its own: a title that fails does not stop the others.',
      operationId: 'publishTitles',
      body: Publication,
      response: responses({ 200: listSchema(ref(PublicationResult)) }),
    },
  }, async (request) => {
    const { titleIds, published } = request.body
    return { items: await publishTitles(options, titleIds, published) }
  })

  /** @param offset number of matches on the pages before */
  function searchPage (
    titleIds: Iterable<string>,
    isWanted: (title: CatalogueTitle) => boolean,
    offset: number,
    limit: number,
  ): { readonly titles: readonly CatalogueTitle[], readonly next: number | null } {
    const found = [...titleIds].flatMap((id) => catalogue.findTitle(id) ?? []).filter(isWanted)
    return {
      titles: found.slice(offset, offset + limit),
      next: found.length > offset + limit ? offset + limit : null,
    }
  }
}

export default adminTitleList
