// Compact values: one instance of equal ones. Interned values must never be changed.

export interface InternedValues {
  readonly strings: Map<string, string>
  /** Lists and objects by their JSON. */
  readonly values: Map<string, unknown>
}

/** More distinct values are rather unique ones. */
const MAX_VALUES = 50_000

export function createInternedValues (): InternedValues {
  return { strings: new Map(), values: new Map() }
}

/** The same text in one piece: V8 keeps the pieces of a built string, and reserves memory for more. */
export function flattenText (text: string): string {
  return Buffer.from(text).toString()
}

/** Returns the same instance for equal strings. */
export function internString<T extends string | null> (text: T, { strings }: InternedValues): T {
  if (text === null) return text
  const interned = strings.get(text)
  if (interned !== undefined) return interned as T
  strings.set(text, text)
  return text
}

/** Returns the same instance for equal lists and objects of JSON values. */
export function internValue<T> (value: T, { values }: InternedValues): T {
  if (value === null || typeof value !== 'object') return value
  const key = JSON.stringify(value)
  const interned = values.get(key)
  if (interned !== undefined) return interned as T
  if (values.size < MAX_VALUES) values.set(key, value)
  return value
}
