// Actions of buttons: an error becomes a message, and what can be undone is offered to be undone.
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { Undo } from '@shared/api/client.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { reloadProfileData } from '../api/keys.js'
import { undoAll } from '../api/titles.js'

/** A mutation that shows its error in a message. */
export function useAction<Input = void, Result = unknown> (
  run: (input: Input) => Promise<Result>,
  onSuccess?: (result: Result, input: Input) => unknown,
): UseMutationResult<Result, Error, Input> {
  const describeError = useErrorText()
  return useMutation({
    mutationFn: run,
    onSuccess: async (result, input) => {
      await onSuccess?.(result, input)
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
}

/** A mutation of the watch history, with a message that offers to undo it. Part of it may happen before an error. */
export function useUndoableAction<Input, Result extends Undo | readonly Undo[]> (
  run: (input: Input) => Promise<Result>,
  describe: (input: Input) => string,
): UseMutationResult<Result, Error, Input> {
  const common = useTranslations('common')
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const settle = {
    onError: (error: Error) => {
      showMessage(describeError(error))
    },
    onSettled: async () => {
      await reloadProfileData(queryClient)
    },
  }
  const undo = useMutation({ mutationFn: undoAll, ...settle })
  return useMutation({
    mutationFn: run,
    onSuccess: (result, input) => {
      showMessage(describe(input), {
        label: common('undo'),
        run: () => {
          undo.mutate([result].flat())
        },
      })
    },
    ...settle,
  })
}
