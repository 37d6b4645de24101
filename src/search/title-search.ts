// Search over the catalogue: what is asked of an engine, and ours, an index in a worker thread that is fed from the
// database and follows the catalogue's changes. Another engine (Atlas Search, Meilisearch) can stand in for it.
import mongoose from 'mongoose'
import type { StoredMovie } from '../../models/movie.js'
import type { StoredShow } from '../../models/show.js'
import { Title } from '../../models/title.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import { readAll } from '../database/read-all.js'
import type { Highlight, SearchDocument } from './search-index.js'
import { searchBusy, startSearchThread, type SearchThread } from './search-thread.js'

export interface TitleMatch {
  readonly highlights: readonly Highlight[]
  /** The place of the episode that was meant among the title's items; null when it was not one. */
  readonly episode: number | null
}

export interface TitleSearch {
  /**
   * Ids of all titles that answer a query, the best first, whoever may see them.
   * @throws DomainError 503 `search-busy`
   */
  find(query: string): Promise<Iterable<string>>
  /** What matched in some of them, by id. @throws DomainError 503 `search-busy` */
  explain(query: string, titleIds: readonly string[]): Promise<ReadonlyMap<string, TitleMatch>>
  /** Bytes that the index takes. */
  readMemory(): Promise<number>
  close(): Promise<void>
}

/** What can be searched; credits are bounded, so that one title of a thousand names does not fill the index. */
const PROJECTION = {
  kind: 1,
  title: 1,
  originalTitle: 1,
  alternativeTitles: 1,
  'translations.title': 1,
  year: 1,
  popularity: 1,
  'cast.name': 1,
  'crew.name': 1,
  'seasons.number': 1,
  'seasons.episodes.number': 1,
  'seasons.episodes.title': 1,
} as const
const PEOPLE_OF_TITLE = 100
const LOADED_AT_ONCE = 500
/** A search waits for no more than these while the index takes changes. */
const CHANGED_AT_ONCE = 100
/** A search waits so long for what this process wrote before it; longer only while much is being written. */
const WAIT_FOR_WRITES_MS = 500
/** And for what others wrote, who may write thousands of titles a second. */
const WAIT_FOR_OTHERS_MS = 50
/** And so long for the first load. */
const WAIT_FOR_LOAD_MS = 2_000
const TRY_AGAIN_AFTER_MS = 1_000

type SearchableStored = StoredMovie | StoredShow
interface Log {
  warn(details: object, message: string): void
}

/** Loads the index in the background when the catalogue is ready. */
export function createTitleSearch (catalogue: Catalogue, log: Log): TitleSearch {
  const slots = new Map<string, number>()
  const ids: string[] = []
  const changed = new Set<string>()
  let mustLoad = true
  let isLoaded = false
  let isClosed = false
  let working: Promise<void> | null = null
  let retry: NodeJS.Timeout | null = null
  /** Changes are counted, the first load among them, so that a search knows when those before it are in. */
  let [marked, applied] = [1, 0]
  /** What this process itself changed, as far as searches have met it, and the number of changes that it was among. */
  let [ownChanges, ownMarked] = [catalogue.ownChanges(), 0]
  let waiters: Array<{ readonly upTo: number, resolve(): void }> = []
  let thread: SearchThread | null = null

  /** The thread is started when it is first needed. */
  function currentThread (): SearchThread {
    thread ??= startSearchThread({
      onLost (error) {
        log.warn({ err: error }, 'lost the search index: building it again')
        thread = null
        mustLoad = true
        isLoaded = false
        work()
      },
    })
    return thread
  }

  const stopFollowing = catalogue.onChange((titleId) => {
    marked++
    if (titleId === null) mustLoad = true
    else changed.add(titleId)
    work()
  })

  function work (): void {
    if (working !== null || isClosed || retry !== null) return
    working = catchUp().catch((error: unknown) => {
      if (isClosed) return
      log.warn({ err: error }, 'could not bring the search index up to date: trying again')
      retry = setTimeout(() => {
        retry = null
        work()
      }, TRY_AGAIN_AFTER_MS).unref()
    }).finally(() => {
      working = null
    })
  }

  async function catchUp (): Promise<void> {
    while (hasWork()) {
      const upTo = marked
      const isEverything = mustLoad || changed.size <= CHANGED_AT_ONCE
      if (mustLoad) await load()
      else await applyChanged()
      if (isEverything) tellWaiters(upTo)
    }
  }

  function hasWork (): boolean {
    return !isClosed && (mustLoad || changed.size > 0)
  }

  function tellWaiters (upTo: number): void {
    applied = upTo
    for (const waiter of waiters.filter((one) => one.upTo <= applied)) waiter.resolve()
    waiters = waiters.filter((one) => one.upTo > applied)
  }

  /** Reads everything, a batch at a time: the next is read when the index has taken the one before. */
  async function load (): Promise<void> {
    mustLoad = false
    changed.clear()
    const [into, seen] = [currentThread(), new Set<string>()]
    try {
      for await (const titles of readAll<SearchableStored>(Title, PROJECTION, LOADED_AT_ONCE)) {
        const documents = titles.map(toDocument)
        for (const { slot } of documents) seen.add(ids[slot] ?? '')
        await into.put(documents)
      }
      await removeAll([...slots.keys()].filter((id) => !seen.has(id)))
      isLoaded = true
    } catch (error) {
      mustLoad = true
      throw error
    }
  }

  async function applyChanged (): Promise<void> {
    const batch = [...changed].slice(0, CHANGED_AT_ONCE)
    for (const id of batch) changed.delete(id)
    try {
      const found = await Title.find({ _id: mongoose.trusted({ $in: batch }) }, PROJECTION).lean<SearchableStored[]>()
      const present = new Set(found.map(({ _id }) => _id.toString()))
      await currentThread().put(found.map(toDocument))
      await removeAll(batch.filter((id) => !present.has(id)))
    } catch (error) {
      for (const id of batch) changed.add(id)
      throw error
    }
  }

  async function removeAll (titleIds: readonly string[]): Promise<void> {
    const gone = titleIds.flatMap((id) => slots.get(id) ?? [])
    for (const id of titleIds) slots.delete(id)
    if (gone.length > 0) await currentThread().remove(gone)
  }

  /** A title keeps its slot for as long as it is there; a slot is never given to another. */
  function slotOf (id: string): number {
    const known = slots.get(id)
    if (known !== undefined) return known
    const slot = ids.push(id) - 1
    slots.set(id, slot)
    return slot
  }

  function toDocument (title: SearchableStored): SearchDocument {
    const { originalTitle } = title
    return {
      slot: slotOf(title._id.toString()),
      names: [title.title, ...(originalTitle === null ? [] : [originalTitle]), ...otherNames(title)],
      hasOriginal: originalTitle !== null,
      people: [...new Set([...title.cast ?? [], ...title.crew ?? []].map(({ name }) => toLine(name)))].slice(
        0,
        PEOPLE_OF_TITLE,
      ).join('\n'),
      episodes: title.kind === 'movie' ? '' : episodeTitles(title).map(toLine).join('\n'),
      year: title.year,
      popularity: title.popularity,
    }
  }

  /** Waits until what was written before is found. */
  async function becomeCurrent (): Promise<void> {
    if (ownChanges !== catalogue.ownChanges()) [ownChanges, ownMarked] = [catalogue.ownChanges(), marked]
    const upTo = marked
    const longestMs = !isLoaded ? WAIT_FOR_LOAD_MS : applied < ownMarked ? WAIT_FOR_WRITES_MS : WAIT_FOR_OTHERS_MS
    if (applied < upTo) {
      await within(
        longestMs,
        new Promise((resolve) => {
          waiters.push({ upTo, resolve })
        }),
      )
    }
    if (!isLoaded) throw searchBusy()
  }

  if (catalogue.isReady()) work()
  return {
    async find (query) {
      await becomeCurrent()
      const found = await currentThread().search(query)
      return idsOf(found, ids)
    },
    async explain (query, titleIds) {
      const found = titleIds.flatMap((id) => slots.get(id) ?? [])
      const explained = found.length === 0 ? [] : await currentThread().explain(query, found)
      return new Map(explained.map(({ slot, ...match }) => [ids[slot] ?? '', match]))
    },
    readMemory: async () => await currentThread().readMemory(),
    async close () {
      isClosed = true
      stopFollowing()
      if (retry !== null) clearTimeout(retry)
      await thread?.close()
      await working
    },
  }
}

/** What it is called otherwise, in other languages too, each name once. */
function otherNames ({ title, originalTitle, alternativeTitles, translations }: SearchableStored): string[] {
  const names = new Set([
    ...alternativeTitles ?? [],
    ...(translations ?? []).map((one) => one.title).filter((name) => name !== null),
  ])
  return [...names].filter((name) => name !== title && name !== originalTitle)
}

function* idsOf (slots: Uint32Array, ids: readonly string[]): Generator<string> {
  for (const slot of slots) yield ids[slot] ?? ''
}

/** In the order of the catalogue's items. */
function episodeTitles ({ seasons }: Pick<StoredShow, 'seasons'>): string[] {
  return [...seasons].sort((a, b) => a.number - b.number).flatMap((season) =>
    [...season.episodes].sort((a, b) => a.number - b.number).map(({ title }) => title)
  )
}

/** Lines separate names. */
function toLine (text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ')
}

async function within (ms: number, wait: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([wait, enough]).finally(() => {
    clearTimeout(timer)
  })
}
