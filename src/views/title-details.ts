// What a title page contains besides the stored title, for a viewer and for administrators.
import { createLocaliser, type Localiser, type Translatable } from '../catalogue/queries/localise.js'
import { createPlayableCheck, playableFormats, type PlayableFormats } from '../catalogue/queries/playable-formats.js'
import type { Catalogue, CatalogueCollection, CatalogueTitle, PersonPicture } from '../catalogue/store/catalogue.js'
import type { CollectionKind } from '../domain/vocabulary.js'
import type { ContentLanguageDeps } from '../http/content-language.js'

export interface TitlePageDeps extends ContentLanguageDeps {
  readonly catalogue: Catalogue
}

/** How the texts of a title are shown. */
export interface TextOptions {
  readonly localiser: Localiser
  /** True: texts in the language of the catalogue, with all stored translations beside them. */
  readonly hasTranslations: boolean
}

export interface TitlePageDetails extends TextOptions {
  readonly playableFormats: PlayableFormats
  readonly isPlayable: boolean
  /** The picture of a person; null for none. */
  findPicture(personId: string): PersonPicture | null
  readonly collections: ReadonlyArray<
    Translatable & { readonly id: string, readonly kind: CollectionKind, readonly title: string }
  >
}

/** Texts as administrators edit them. */
export function storedTextOptions ({ languages }: ContentLanguageDeps): TextOptions {
  return { localiser: createLocaliser(languages.chooserFor(undefined)), hasTranslations: true }
}

/** Details as administrators see them: formats of all plans, unpublished collections included. */
export function storedPageDetails (deps: TitlePageDeps, titleId: string): TitlePageDetails {
  const { catalogue } = deps
  const title = catalogue.findTitle(titleId)
  return {
    playableFormats: playableFormats(catalogue, title ?? { items: [] }, Infinity),
    isPlayable: title !== null && createPlayableCheck(catalogue, Infinity)(title),
    findPicture: catalogue.findPersonPicture,
    collections: listCollections(catalogue, titleId),
    ...storedTextOptions(deps),
  }
}

/** Details as a viewer sees them. @param planMaxHeight maximum video height of the plan, pixels */
export function viewerPageDetails (
  { catalogue }: Pick<TitlePageDeps, 'catalogue'>,
  title: CatalogueTitle,
  planMaxHeight: number,
  localiser: Localiser,
): TitlePageDetails {
  return {
    playableFormats: playableFormats(catalogue, title, planMaxHeight),
    isPlayable: createPlayableCheck(catalogue, planMaxHeight)(title),
    findPicture: catalogue.findPersonPicture,
    collections: listCollections(catalogue, title.id).filter(({ published }) => published),
    localiser,
    hasTranslations: false,
  }
}

/** The collections that contain a title, by title. */
function listCollections (catalogue: Catalogue, titleId: string): CatalogueCollection[] {
  return [...catalogue.collectionsWithTitle(titleId)].sort((a, b) => a.title < b.title ? -1 : 1)
}
