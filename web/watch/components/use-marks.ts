// Marks titles, seasons and episodes as watched or not watched, and offers to undo it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { markAll, undoAll, type MarkTarget } from '../api/watched.js'

interface MarkRequest {
  readonly targets: readonly MarkTarget[]
  readonly isWatched: boolean
  /** What the message names: a title, a season or an episode. */
  readonly name: string
}

export function useMarks (): { readonly mark: (request: MarkRequest) => void, readonly isMarking: boolean } {
  const t = useTranslations('watched')
  const common = useTranslations('common')
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const reload = async (): Promise<void> => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['titles'] }),
      queryClient.invalidateQueries({ queryKey: ['watching'] }),
    ])
  }
  const onError = (error: unknown): void => {
    showMessage(describeError(error))
  }
  const undo = useMutation({ mutationFn: undoAll, onSettled: reload, onError })
  const mark = useMutation({
    mutationFn: async ({ targets, isWatched }: MarkRequest) => await markAll(targets, isWatched),
    onSuccess: (undos, { isWatched, name }) => {
      showMessage(t(isWatched ? 'marked' : 'unmarked', { name }), {
        label: common('undo'),
        run: () => {
          undo.mutate(undos)
        },
      })
    },
    onError,
    onSettled: reload,
  })
  return { mark: mark.mutate, isMarking: mark.isPending }
}
