// The catalogue in memory: the cards of all titles and what can be played of them, loaded once and kept fresh by change
// streams. Lists, filters, playback and "what comes next" answer from here without a query.
import mongoose, { Types, type Model } from 'mongoose'
import { recordCatalogueChange } from '../../../models/change-log.js'
import { Collection, type StoredCollection } from '../../../models/collection.js'
import { Media, type StoredMedia } from '../../../models/media.js'
import { Title } from '../../../models/title.js'
import { readAll } from '../../database/read-all.js'
import type { Catalogue, CatalogueTitle, ChangeListener, SidecarFiles } from './catalogue.js'
import {
  CARD_PROJECTION,
  dropCollection,
  dropMedia,
  dropTitle,
  emptyState,
  putCollection,
  putMedia,
  putTitle,
  type ListedTitle,
} from './catalogue-state.js'

const NO_SIDE_FILES: SidecarFiles = { subtitles: [], thumbnails: null }

/** How long to wait before a lost change stream is opened again. */
const REOPEN_AFTER_MS = 1_000

/** How long the server waits for a change before it answers that there is none. */
const MAX_AWAIT_MS = 200

/** How many changed documents are read at once: an import changes thousands a second. */
const READ_AT_ONCE = 500

/** One of the collections that the catalogue is made of. */
interface Part {
  readonly name: string
  readonly model: Pick<Model<unknown>, 'collection'>
  read(ids: readonly string[]): Promise<ReadonlyArray<{ readonly _id: Types.ObjectId }>>
  /** @param found null when it is gone */
  apply(id: string, found: { readonly _id: Types.ObjectId } | null): void
}

interface Change {
  readonly documentKey?: { readonly _id: Types.ObjectId }
}

interface ChangeStream extends AsyncIterable<Change> {
  tryNext(): Promise<Change | null>
  close(): Promise<void>
}

interface Log {
  warn(details: object, message: string): void
}

/** The catalogue of a process. It is empty until it is opened. */
export interface OpenableCatalogue extends Catalogue {
  /**
   * Opens the change streams, then loads everything, so that no change falls between the two.
   * A lost stream is opened again, and everything is loaded again.
   */
  open(): Promise<void>
}

export function createCatalogue (log: Log): OpenableCatalogue {
  let state = emptyState()
  let generation = 0
  let ownChanges = 0
  let isReady = false
  let isClosed = false
  let reopening: NodeJS.Timeout | null = null
  /** Settled once nothing is being opened. */
  let opening: Promise<unknown> = Promise.resolve()
  let streams: ChangeStream[] = []
  /** What changed while everything is being loaded, to be read once more afterwards. */
  let changedWhileLoading: Array<() => Promise<void>> | null = null
  let started = 0
  let reading = 0
  /** Which reading each document was applied from; only while there is another one that could be older. */
  const applied = new Map<string, number>()
  const listeners = new Set<ChangeListener>()
  /** Of titles of which something changed since everything was loaded. */
  const versions = new Map<string, number>()
  let [lastVersion, loadedVersion] = [0, 0]

  function changeVersion (titleId: string | undefined): void {
    if (titleId !== undefined) versions.set(titleId, ++lastVersion)
  }

  function tell (titleId: string | null, before: CatalogueTitle | null): void {
    for (const listener of listeners) listener(titleId, before)
  }

  const titlesPart: Part = {
    name: 'title',
    model: Title,
    read: async (ids) => await Title.find(withIds(ids), CARD_PROJECTION).lean<ListedTitle[]>(),
    apply (id, found) {
      const before = state.titles.get(id) ?? null
      if (found === null) dropTitle(state, id)
      else putTitle(state, found as ListedTitle)
      changeVersion(id)
      tell(id, before)
    },
  }
  const mediaPart: Part = {
    name: 'media',
    model: Media,
    read: async (ids) => await Media.find(withIds(ids)).lean<StoredMedia[]>(),
    apply (itemId, found) {
      changeVersion(state.items.get(itemId)?.titleId)
      if (found === null) dropMedia(state, itemId)
      else putMedia(state, found as StoredMedia)
    },
  }
  const collectionsPart: Part = {
    name: 'collection',
    model: Collection,
    read: async (ids) => await Collection.find(withIds(ids)).lean<StoredCollection[]>(),
    apply (id, found) {
      const before = state.collections.get(id)?.titleIds ?? []
      if (found === null) dropCollection(state, id)
      else putCollection(state, found as StoredCollection)
      for (const titleId of new Set([...before, ...state.collections.get(id)?.titleIds ?? []])) changeVersion(titleId)
    },
  }
  const parts: readonly Part[] = [titlesPart, mediaPart, collectionsPart]

  /** Reads some documents again and applies them, except those that somebody who began to read later applied already. */
  async function refreshParts (part: Part, ids: readonly string[]): Promise<void> {
    changedWhileLoading?.push(async () => {
      await refreshParts(part, ids)
    })
    const turn = ++started
    reading++
    try {
      const found = new Map((await part.read(ids)).map((one) => [one._id.toString(), one]))
      for (const id of ids) {
        const key = `${part.name} ${id}`
        if ((applied.get(key) ?? 0) > turn) continue
        applied.set(key, turn)
        part.apply(id, found.get(id) ?? null)
      }
      generation++
    } finally {
      if (--reading === 0) applied.clear()
    }
  }

  /** A title with the files of the items it had and has. */
  async function reload (titleId: string): Promise<void> {
    const before = state.titles.get(titleId)?.items ?? []
    await refreshParts(titlesPart, [titleId])
    const items = new Set([...before, ...state.titles.get(titleId)?.items ?? []].map(({ id }) => id))
    const stored = await Media.find({ title: titleId }, { _id: 1 }).lean<Array<Pick<StoredMedia, '_id'>>>()
    const withFiles = new Set(stored.map(({ _id }) => _id.toString()))
    const changed = [...items].filter((id) => withFiles.has(id) || state.filesByItem.has(id))
    if (changed.length > 0) await refreshParts(mediaPart, changed)
    ownChanges++
  }

  async function refresh (titleId: string): Promise<void> {
    await reload(titleId)
    // It is written and in memory: that its feeds hear of it only with the next change is no reason to refuse the write.
    await recordCatalogueChange(titleId).catch((error: unknown) => {
      log.warn({ err: error }, 'could not tell the change feeds of a title')
    })
  }

  /** Opens a stream of changes; when this resolves the server is recording. */
  async function openStream (part: Part): Promise<ChangeStream> {
    // On a connection that is being closed it would open another one.
    if (isClosed) throw new Error('the catalogue is closed')
    const stream = part.model.collection.watch([], { maxAwaitTimeMS: MAX_AWAIT_MS }) as unknown as ChangeStream
    streams.push(stream)
    const first = await stream.tryNext()
    if (first !== null) {
      changedWhileLoading?.push(async () => {
        await refreshParts(part, [changedId(first)])
      })
    }
    return stream
  }

  /** Reads what changed again; what changes while it reads is collected, and read together. */
  async function follow (part: Part, stream: ChangeStream): Promise<void> {
    const waiting = new Set<string>()
    let draining: Promise<void> | null = null
    async function drain (): Promise<void> {
      while (waiting.size > 0) {
        const ids = [...waiting].slice(0, READ_AT_ONCE)
        for (const id of ids) waiting.delete(id)
        await refreshParts(part, ids)
      }
      draining = null
    }
    for await (const change of stream) {
      waiting.add(changedId(change))
      if (draining === null) {
        draining = drain()
        draining.catch((error: unknown) => {
          if (streams.includes(stream)) lose(error)
        })
      }
      if (waiting.size >= READ_AT_ONCE) await draining
    }
    if (!isClosed && streams.includes(stream)) throw new Error('the change stream ended')
  }

  function lose (error: unknown): void {
    if (isClosed || reopening !== null) return
    log.warn({ err: error }, 'lost the change stream of the catalogue: loading it again')
    reopening = setTimeout(() => {
      reopening = null
      opening = open().catch((reason: unknown) => {
        lose(reason)
      })
    }, REOPEN_AFTER_MS)
    reopening.unref()
  }

  async function open (): Promise<void> {
    await closeStreams()
    changedWhileLoading = []
    const opened = await Promise.all(parts.map(async (part) => [part, await openStream(part)] as const))
    await load()
    const again = changedWhileLoading
    changedWhileLoading = null
    for (const refreshAgain of again) await refreshAgain()
    isReady = true
    for (const [part, stream] of opened) {
      follow(part, stream).catch((error: unknown) => {
        if (streams.includes(stream)) lose(error)
      })
    }
  }

  async function load (): Promise<void> {
    const fresh = emptyState()
    for await (const titles of readAll<ListedTitle>(Title, CARD_PROJECTION)) {
      for (const title of titles) putTitle(fresh, title)
    }
    for await (const media of readAll<StoredMedia>(Media)) for (const one of media) putMedia(fresh, one)
    for await (const collections of readAll<StoredCollection>(Collection)) {
      for (const collection of collections) putCollection(fresh, collection)
    }
    state = fresh
    versions.clear()
    loadedVersion = ++lastVersion
    generation++
    tell(null, null)
  }

  async function closeStreams (): Promise<void> {
    const open = streams
    streams = []
    await Promise.all(open.map(async (stream) => {
      await stream.close().catch(() => undefined)
    }))
  }

  return {
    open,
    isReady: () => isReady,
    findTitle: (id) => state.titles.get(id) ?? null,
    findItem: (id) => state.items.get(id) ?? null,
    findFile: (id) => state.files.get(id) ?? null,
    filesOf: (itemId) => state.filesByItem.get(itemId) ?? [],
    mayHaveFiles: (titleId) => state.titlesWithFiles.has(titleId),
    sideFilesOf: (itemId) => state.sideFiles.get(itemId) ?? NO_SIDE_FILES,
    findSubtitle: (id) => state.subtitles.get(id) ?? null,
    findPerson: (id) => state.people.byId.get(id) ?? null,
    people: () => state.people.byId.values(),
    findCollection: (id) => state.collections.get(id) ?? null,
    collections: () => state.collections.values(),
    collectionsOf: (titleId) => state.collectionsByTitle.get(titleId) ?? [],
    titles: () => state.titles.values(),
    generation: () => generation,
    versionOf: (titleId) => versions.get(titleId) ?? loadedVersion,
    ownChanges: () => ownChanges,
    onChange (listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    refresh,
    reload,
    async reloadTitles (ids) {
      await refreshParts(titlesPart, ids)
      ownChanges++
    },
    refreshCollection: async (id) => {
      await refreshParts(collectionsPart, [id])
    },
    async close () {
      isClosed = true
      if (reopening !== null) clearTimeout(reopening)
      await closeStreams()
      // What was being opened meanwhile.
      await opening
      await closeStreams()
    },
  }
}

const withIds = (ids: readonly string[]) => ({
  _id: mongoose.trusted({ $in: ids.map((id) => new Types.ObjectId(id)) }),
})

/** @throws Error when it is about the collection itself */
function changedId ({ documentKey }: Change): string {
  if (documentKey === undefined) throw new Error('the collection was dropped or renamed')
  return documentKey._id.toString()
}
