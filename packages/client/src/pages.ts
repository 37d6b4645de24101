// Lists of the API come in pages. An iterator requests the next page when it is needed.
import { unwrap } from './problems.js'

interface Page<Item> {
  readonly items: readonly Item[]
  /** Null: this is the last page. */
  readonly nextCursor: string | null
}

/**
 * Iterates over the items of all pages.
 * @param request requests the page of a cursor; undefined: the first page
 * @throws ApiProblem, UnreachableError, ServerError
 */
export async function* listItems<Item> (
  request: (cursor: string | undefined) => Promise<{ data?: Page<Item>, error?: unknown, response: Response }>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined
  do {
    const { items, nextCursor }: Page<Item> = await unwrap(request(cursor))
    yield* items
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}
