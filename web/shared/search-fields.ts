// The fields that pages have in the search of their URL.

/**
 * Returns the fields of a search. The router adds those of the URL that a validator leaves out, unchecked: one without
 * a valid value is an explicit undefined, which no link or request contains.
 */
export function searchFields<Fields extends object> (
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return fields as never
}

/** A path of this app to return to; another value is ignored. */
export function nextSearch ({ next }: Record<string, unknown>): { next?: string } {
  const isPath = typeof next === 'string' && next.startsWith('/') && !next.startsWith('//')
  return searchFields({ next: isPath ? next : undefined })
}
