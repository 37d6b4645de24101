// Pages of lists: the API names the cursor of the next page.

/** The cursor of the first page, which is not sent. */
export const firstPage = null as string | null

export function pageOf (cursor: string | null, limit: number): { limit: number, cursor?: string } {
  return { limit, ...cursor === null ? {} : { cursor } }
}

export function nextCursorOf ({ nextCursor }: { readonly nextCursor: string | null }): string | null {
  return nextCursor
}
