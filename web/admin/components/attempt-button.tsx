// A button that changes a job, such as one that repeats it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { uploadsKey } from '../api/keys.js'

interface AttemptButtonProps {
  readonly children: string
  /** For screen readers: with the name of the job. */
  readonly label: string
  readonly change: () => Promise<unknown>
  /** Shown after a success. */
  readonly message: string
  /** Of the list that shows the job. */
  readonly queryKey: readonly unknown[]
}

export function AttemptButton ({ children, label, change, message, queryKey }: AttemptButtonProps): ReactNode {
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const { mutate, isPending } = useMutation({
    mutationFn: change,
    onSuccess: () => {
      showMessage(message)
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
    // Also after a failure: the state has changed in between.
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey })
      await queryClient.invalidateQueries({ queryKey: uploadsKey('jobs') })
    },
  })
  return (
    <Button
      look="quiet"
      isSmall
      isBusy={isPending}
      aria-label={label}
      onClick={() => {
        mutate()
      }}
    >
      {children}
    </Button>
  )
}
