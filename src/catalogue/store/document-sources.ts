// Reads the documents that the catalogue consists of, and applies them to its state.
import mongoose, { Types } from 'mongoose'
import { Collection, type StoredCollection } from '../../../models/collection.js'
import { Media, type StoredMedia } from '../../../models/media.js'
import { PersonPicture, type StoredPersonPicture } from '../../../models/person-picture.js'
import { Title } from '../../../models/title.js'
import { listChangesSince } from '../../database/changes-since.js'
import { splitIntoBatches } from '../../domain/arrays.js'
import { decodeChunks } from '../../storage/snapshot-file.js'
import type { SavedSnapshot, SavedSnapshots } from './saved-snapshots.js'
import { restoreTitles } from './title-chunks.js'
import { readInBatches } from '../../database/read-in-batches.js'
import type { CatalogueTitle, PersonPicture as CataloguePersonPicture } from './catalogue.js'
import {
  CARD_PROJECTION,
  createState,
  findItem,
  putCollection,
  putMedia,
  putTitle,
  removeCollection,
  removeMedia,
  removeTitle,
  type CatalogueState,
  type ListedTitle,
} from './catalogue-state.js'
import { compactPeople } from './people-index.js'

/** Changed titles per query. */
const TITLES_PER_READ = 500

type StoredDocument = ListedTitle | StoredMedia | StoredCollection | StoredPersonPicture

/** A database collection that a part of the catalogue comes from. */
export interface DocumentSource {
  readonly name: 'titles' | 'media' | 'collections' | 'personpictures'
  read(ids: readonly string[]): Promise<readonly StoredDocument[]>
  /** @param document null if it was deleted */
  apply(id: string, document: StoredDocument | null): void
}

export interface DocumentSources {
  readonly titles: DocumentSource
  readonly media: DocumentSource
  readonly collections: DocumentSource
  readonly personPictures: DocumentSource
}

interface SourceDeps {
  state(): CatalogueState
  onTitleApplied(titleId: string, before: CatalogueTitle | null): void
  /** Called for titles whose files, collections or people change; undefined for files of an unknown item. */
  onTitleAffected(titleId: string | undefined): void
  /** Called when a title had no file before. */
  onFirstFile(titleId: string): void
}

export function createSources ({ state, onTitleApplied, onTitleAffected, onFirstFile }: SourceDeps): DocumentSources {
  return {
    titles: {
      name: 'titles',
      read: readTitles,
      apply (id, title) {
        const before = state().titles.get(id) ?? null
        if (title === null) removeTitle(state(), id)
        else putTitle(state(), title as ListedTitle)
        onTitleApplied(id, before)
      },
    },
    media: {
      name: 'media',
      read: async (ids) => await Media.find(idFilter(ids)).lean<StoredMedia[]>(),
      apply (itemId, media) {
        onTitleAffected(findItem(state(), itemId)?.titleId)
        if (media === null) {
          removeMedia(state(), itemId)
          return
        }
        const titleId = String((media as StoredMedia).title)
        const isFirst = !state().titlesWithFiles.has(titleId)
        putMedia(state(), media as StoredMedia)
        if (isFirst) onFirstFile(titleId)
      },
    },
    collections: {
      name: 'collections',
      read: async (ids) => await Collection.find(idFilter(ids)).lean<StoredCollection[]>(),
      apply (id, collection) {
        const before = state().collections.get(id)?.titleIds ?? []
        if (collection === null) removeCollection(state(), id)
        else putCollection(state(), collection as StoredCollection)
        for (const titleId of new Set([...before, ...state().collections.get(id)?.titleIds ?? []])) {
          onTitleAffected(titleId)
        }
      },
    },
    personPictures: {
      name: 'personpictures',
      read: async (ids) => await PersonPicture.find(idFilter(ids)).lean<StoredPersonPicture[]>(),
      apply (personId, picture) {
        if (picture === null) state().personPictures.delete(personId)
        else state().personPictures.set(personId, toPersonPicture(picture as StoredPersonPicture))
        for (const titleId of state().people.byId.get(personId)?.titleIds ?? []) onTitleAffected(titleId)
      },
    },
  }
}

/** How a catalogue was taken from a snapshot. */
export interface Restoration {
  readonly snapshot: SavedSnapshot
  /** Titles that changed after the snapshot; the catalogue contains their changes. */
  readonly changedTitleIds: readonly string[]
}

/** Takes the titles from a snapshot, and reads those that changed since then and the rest. */
export async function restoreState (
  snapshots: SavedSnapshots,
  snapshot: SavedSnapshot,
): Promise<Restoration & { readonly state: CatalogueState }> {
  const changes = listChangesSince(snapshot.position, Title.collection.name, snapshot.version)
  // The rejection is handled below, also when the file cannot be read.
  changes.catch(() => undefined)
  const state = restoreTitles(decodeChunks(await snapshots.read(snapshot, 'titles')))
  await readOtherDocuments(state)
  const changedTitleIds = [...await changes]
  for (const ids of splitIntoBatches(changedTitleIds, TITLES_PER_READ)) {
    const titles = await readTitles(ids)
    for (const id of ids) removeTitle(state, id)
    for (const title of titles) putTitle(state, title)
  }
  return { state, snapshot, changedTitleIds }
}

/** Reads the whole catalogue. */
export async function loadState (): Promise<CatalogueState> {
  const state = createState()
  async function readAllTitles (): Promise<void> {
    // Whole documents: the fallback server projects all of them before it returns the first, which takes longer than
    // a connection may be silent. A process reads all titles only when it has no snapshot.
    for await (const titles of readInBatches<ListedTitle>(Title)) {
      for (const title of titles) putTitle(state, title)
    }
  }
  await Promise.all([readAllTitles(), readOtherDocuments(state)])
  compactPeople(state.people)
  return state
}

/** Reads media, collections and pictures of people. */
async function readOtherDocuments (state: CatalogueState): Promise<void> {
  async function readMedia (): Promise<void> {
    for await (const batch of readInBatches<StoredMedia>(Media)) for (const media of batch) putMedia(state, media)
  }
  async function readCollections (): Promise<void> {
    for await (const collections of readInBatches<StoredCollection>(Collection)) {
      for (const collection of collections) putCollection(state, collection)
    }
  }
  async function readPersonPictures (): Promise<void> {
    for await (const pictures of readInBatches<StoredPersonPicture>(PersonPicture)) {
      for (const picture of pictures) state.personPictures.set(picture._id.toString(), toPersonPicture(picture))
    }
  }
  await Promise.all([readMedia(), readCollections(), readPersonPictures()])
}

function toPersonPicture ({ url, placeholder }: StoredPersonPicture): CataloguePersonPicture {
  return { url, placeholder: placeholder ?? null }
}

async function readTitles (ids: readonly string[]): Promise<ListedTitle[]> {
  return await Title.find(idFilter(ids), CARD_PROJECTION).lean<ListedTitle[]>()
}

export async function readItemIdsWithMedia (titleId: string): Promise<Set<string>> {
  const media = await Media.find({ title: titleId }, { _id: 1 }).lean<Array<Pick<StoredMedia, '_id'>>>()
  return new Set(media.map(({ _id }) => _id.toString()))
}

const idFilter = (ids: readonly string[]) => ({
  _id: mongoose.trusted({ $in: ids.map((id) => new Types.ObjectId(id)) }),
})
