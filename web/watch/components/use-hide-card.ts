// Hides a card from continue watching, and offers to undo it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { ContinueCard } from '@shared/api/client.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { hideFromContinueWatching, undoAction } from '../api/titles.js'

/** Returns a function that hides a card. */
export function useHideCard (): (card: ContinueCard) => void {
  const t = useTranslations('home')
  const common = useTranslations('common')
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const reload = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['watching'] })
  }
  const onError = (error: unknown): void => {
    showMessage(describeError(error))
  }
  const undo = useMutation({ mutationFn: undoAction, onSuccess: reload, onError })
  const hide = useMutation({
    mutationFn: async ({ title }: ContinueCard) => await hideFromContinueWatching(title.id),
    onSuccess: async ({ undo: undoId }, { title }) => {
      showMessage(t('hidden', { title: title.title }), {
        label: common('undo'),
        run: () => {
          undo.mutate(undoId)
        },
      })
      await reload()
    },
    onError,
  })
  return hide.mutate
}
