// The unsaved changes of a form: only fields that differ from the stored resource.
import { useCallback, useMemo, useState } from 'react'

/** Sets one field of a form. */
export type SetField<Fields> = <Name extends keyof Fields>(name: Name, value: Fields[Name]) => void

export interface Changes<Fields> {
  /** The stored fields with the changes. */
  readonly fields: Fields
  /** The changed fields. */
  readonly changes: Partial<Fields>
  readonly isChanged: boolean
  readonly setField: SetField<Fields>
  readonly discard: () => void
}

export function isEqual (one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

export function useChanges<Fields extends object> (stored: Fields): Changes<Fields> {
  const [edited, setEdited] = useState<Partial<Fields>>({})
  const changes = useMemo(() => {
    const entries = Object.entries(edited) as Array<[keyof Fields, unknown]>
    return Object.fromEntries(entries.filter(([name, value]) => !isEqual(value, stored[name]))) as Partial<Fields>
  }, [edited, stored])
  const setField = useCallback<SetField<Fields>>((name, value) => {
    setEdited((before) => ({ ...before, [name]: value }))
  }, [])
  const discard = useCallback(() => {
    setEdited({})
  }, [])
  return {
    fields: { ...stored, ...changes },
    changes,
    isChanged: Object.keys(changes).length > 0,
    setField,
    discard,
  }
}

/** Lists the fields that differ. */
export function listDifferences<Fields extends object> (before: Fields, after: Fields): Array<keyof Fields & string> {
  return (Object.keys(after) as Array<keyof Fields & string>).filter((name) => !isEqual(before[name], after[name]))
}
