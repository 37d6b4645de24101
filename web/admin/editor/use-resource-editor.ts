// Edits a stored resource: its form, and how the save bar stores and reads it.
import { useQueryClient, useSuspenseQuery, type UseSuspenseQueryOptions } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Tagged } from '../api/revisions.js'
import { useChanges, type Changes } from './use-changes.js'

interface EditorOptions<Stored, Fields> {
  readonly query: UseSuspenseQueryOptions<Tagged<Stored>>
  readonly toFields: (stored: Stored) => Fields
  /** Stores changed fields. @throws ApiProblem `precondition-failed` if the tag is out of date */
  readonly change: (changes: Partial<Fields>, etag: string | null) => Promise<Tagged<Stored>>
  /** Key of the cached lists that contain the resource. */
  readonly listKey: readonly unknown[]
}

interface ResourceEditor<Stored, Fields> {
  readonly resource: Stored
  readonly form: Changes<Fields>
  /** Properties of the save bar. */
  readonly saving: {
    readonly form: Changes<Fields>,
    readonly stored: Fields,
    readonly onSave: () => Promise<void>,
    readonly onReload: () => Promise<Fields | undefined>,
  }
}

export function useResourceEditor<Stored, Fields extends object> (
  { query, toFields, change, listKey }: EditorOptions<Stored, Fields>,
): ResourceEditor<Stored, Fields> {
  const queryClient = useQueryClient()
  const { data: { value: resource, etag }, refetch } = useSuspenseQuery(query)
  const stored = useMemo(() => toFields(resource), [toFields, resource])
  const form = useChanges(stored)
  const onSave = async (): Promise<void> => {
    queryClient.setQueryData(query.queryKey, await change(form.changes, etag))
    form.discard()
    await queryClient.invalidateQueries({ queryKey: listKey })
  }
  const onReload = async (): Promise<Fields | undefined> => {
    const { data } = await refetch()
    return data === undefined ? undefined : toFields(data.value)
  }
  return { resource, form, saving: { form, stored, onSave, onReload } }
}
