// The video of an item: as viewers get it, drafts included, or a local copy of its file.
import { useMutation } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useEffect, useRef, type ReactNode, type RefObject } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { DropZone } from '../components/drop-zone.js'
import { attachFile, attachPlayback, startPreview } from './preview-stream.js'

interface PreviewVideoProps {
  readonly video: RefObject<HTMLVideoElement | null>
  readonly itemId: string
  /** The media file to play; the best one by default. */
  readonly mediaFileId?: string | null
  readonly hasMedia: boolean
  /** Whether a copy of the file on this computer can be opened; true by default. */
  readonly canOpenCopy?: boolean
  readonly onPosition?: (ms: number) => void
  readonly onDuration?: (ms: number) => void
}

export function PreviewVideo (
  { video, itemId, mediaFileId = null, hasMedia, canOpenCopy = true, onPosition, onDuration }: PreviewVideoProps,
): ReactNode {
  const t = useTranslations('markers')
  const describeError = useErrorText()
  const detach = useRef<(() => void) | null>(null)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      detach.current?.()
      detach.current = null
      const element = video.current
      if (element === null) return
      detach.current = await attachPlayback(element, await startPreview(itemId, mediaFileId))
      await element.play()
    },
  })
  useEffect(() => () => detach.current?.(), [])
  const openLocal = (file: File): void => {
    detach.current?.()
    detach.current = video.current === null ? null : attachFile(video.current, file)
  }
  return (
    <>
      {/* The preview shows the picture; captions belong to the player. */}
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <video
        ref={video}
        className="preview-video"
        controls
        playsInline
        onTimeUpdate={({ currentTarget }) => {
          onPosition?.(Math.round(currentTarget.currentTime * 1_000))
        }}
        onDurationChange={({ currentTarget: { duration } }) => {
          if (Number.isFinite(duration)) onDuration?.(Math.round(duration * 1_000))
        }}
      />
      <div className="preview-sources">
        <Button
          icon={Play}
          isBusy={isPending}
          disabled={!hasMedia}
          onClick={() => {
            mutate()
          }}
        >
          {t('play')}
        </Button>
        {canOpenCopy
          ? (
            <DropZone
              label={t('localCopy')}
              accept="video/*"
              onFiles={([file]) => {
                if (file !== undefined) openLocal(file)
              }}
            />
          )
          : null}
      </div>
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
    </>
  )
}
