// The names of fields in messages about changes.
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'

/** Returns a function that names a field of a title or an episode. */
export function useFieldNames (): (field: string) => string {
  const t = useTranslations('editor')
  return useCallback((field) => t.has(field as never) ? t(field as never) : field, [t])
}
