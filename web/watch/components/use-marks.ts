// Marks titles, seasons and episodes as watched or not watched, and offers to undo it.
import { useTranslations } from 'use-intl'
import { markAll, type MarkTarget } from '../api/watched.js'
import { useUndoableAction } from './use-action.js'

interface MarkRequest {
  readonly targets: readonly MarkTarget[]
  readonly isWatched: boolean
  /** What the message names: a title, a season or an episode. */
  readonly name: string
}

export function useMarks (): { readonly mark: (request: MarkRequest) => void, readonly isMarking: boolean } {
  const t = useTranslations('watched')
  const { mutate, isPending } = useUndoableAction(
    async ({ targets, isWatched }: MarkRequest) => await markAll(targets, isWatched),
    ({ isWatched, name }) => t(isWatched ? 'marked' : 'unmarked', { name }),
  )
  return { mark: mutate, isMarking: isPending }
}
