// A drop zone that uploads one image of the catalogue.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { uploadImage, type ImageTarget } from '../api/editing.js'
import { DropZone } from '../components/drop-zone.js'

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp']

interface ImageUploadProps {
  readonly target: ImageTarget
  readonly label: string
}

export function ImageUpload ({ target, label }: ImageUploadProps): ReactNode {
  const t = useTranslations('editor')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useMutation({
    mutationFn: async (image: File) => {
      await uploadImage(target, image)
    },
    onSuccess: async () => {
      showMessage(t(`${target.kind}Uploaded`))
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  return (
    <DropZone
      label={label}
      accept={IMAGE_TYPES.join(',')}
      isBusy={isPending}
      onFiles={([image]) => {
        if (image !== undefined) mutate(image)
      }}
    />
  )
}
