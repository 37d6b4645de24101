// What a title's page tells besides the title: to a viewer, and to those who run the catalogue.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { canSee, type MaturityScope } from '../domain/maturity.js'
import type { DetailFacts } from '../schemas/catalogue.js'
import type { Config } from '../config.js'
import { createLocaliser, type Localiser } from '../catalogue/queries/localise.js'
import { playableFormats } from '../catalogue/queries/playable-formats.js'
import type { Catalogue, CatalogueCollection, CatalogueTitle } from '../catalogue/store/catalogue.js'

export interface ContentLanguageDeps {
  readonly config: Pick<Config, 'catalogueLanguage'>
}

export interface TitleFactsDeps extends ContentLanguageDeps {
  readonly catalogue: Catalogue
}

/** Tells everything in the language that the client prefers, of those there are. */
export function createRequestLocaliser ({ config }: ContentLanguageDeps, request: FastifyRequest): Localiser {
  return createLocaliser(request.headers['accept-language'], config.catalogueLanguage)
}

/** Says in which languages an answer tells its titles, and that they depend on the client. */
export function setContentLanguage<T> (reply: FastifyReply, localiser: Localiser, body: T): T {
  reply.header('vary', 'Accept-Language, Authorization, Origin')
  const languages = localiser.languages()
  if (languages.length > 0) reply.header('content-language', languages.join(', '))
  return body
}

/** For those who edit it: the catalogue's own language, with all others beside it. */
export function storedWords ({ config }: ContentLanguageDeps): Pick<DetailFacts, 'localiser' | 'isWhole'> {
  return { localiser: createLocaliser(undefined, config.catalogueLanguage), isWhole: true }
}

/** What is stored of a title, as those see it who edit it. */
export function storedFacts ({ catalogue, config }: TitleFactsDeps, titleId: string): DetailFacts {
  return {
    offer: playableFormats(catalogue, catalogue.findTitle(titleId) ?? { items: [] }, Infinity),
    collections: collectionsWith(catalogue, titleId),
    ...storedWords({ config }),
  }
}

/** What a viewer is told; what their profile watched of it is added by the route. */
export function viewerFacts (
  { catalogue }: TitleFactsDeps,
  title: CatalogueTitle,
  planMaxHeight: number,
  localiser: Localiser,
): DetailFacts {
  return {
    offer: playableFormats(catalogue, title, planMaxHeight),
    collections: collectionsWith(catalogue, title.id).filter(({ published }) => published),
    localiser,
    isWhole: false,
  }
}

/** In the order of their titles. */
function collectionsWith (catalogue: Catalogue, titleId: string): CatalogueCollection[] {
  return [...catalogue.collectionsOf(titleId)].sort((a, b) => a.title < b.title ? -1 : 1)
}

/** The titles of a collection that a viewer may see, in its order. */
export function visibleTitlesOf (
  catalogue: Catalogue,
  { titleIds }: Pick<CatalogueCollection, 'titleIds'>,
  viewer: MaturityScope,
  now: Date,
): CatalogueTitle[] {
  return titleIds.map((id) => catalogue.findTitle(id)).filter((title) =>
    title !== null && canSee(viewer, title, now)
  ) as CatalogueTitle[]
}
