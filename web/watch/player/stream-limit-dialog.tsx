// The dialog at the stream limit of the plan: lists the active streams, and lets the user end one.
import { useQuery } from '@tanstack/react-query'
import { MonitorPlay } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { accountClient, type Schemas } from '@shared/api/client.js'
import { useProfile } from '@shared/api/hooks.js'
import { unwrap, type ApiProblem } from '@shared/api/problem.js'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { Spinner } from '@shared/design/states.js'
import { useFormats } from '@shared/i18n/format.js'
import { accountKey } from '../api/keys.js'
import { useEpisodeCode } from '../components/item-text.js'
import { useStage } from './stage.js'

type ActiveStream = Schemas['StreamList']['items'][number]

interface StreamLimitDialogProps {
  /** The 409 `plan-stream-limit`: it lists the streams of this profile. */
  readonly problem: ApiProblem
  /** @param streamId the stream to end in exchange; null: it has ended */
  readonly takeOver: (streamId: string | null) => void
  readonly cancel: () => void
}

export function StreamLimitDialog ({ problem: { problem }, takeOver, cancel }: StreamLimitDialogProps): ReactNode {
  const t = useTranslations('player')
  const common = useTranslations('common')
  const { streams: own, maxStreams } = problem as unknown as { streams: ActiveStream[], maxStreams: number }
  const { kids } = useProfile()
  const stage = useStage()
  // The streams of other profiles, too; a kids profile ends only its own.
  const { data, isLoading } = useQuery({
    queryKey: accountKey('streams'),
    queryFn: async ({ signal }) => (await unwrap(accountClient.GET('/v1/account/streams', { signal }))).items,
    enabled: !kids,
    staleTime: 0,
  })
  const streams = data ?? own
  const [isBusy, setBusy] = useState(false)
  const end = async (stream: ActiveStream): Promise<void> => {
    setBusy(true)
    if (own.some(({ id }) => id === stream.id)) return takeOver(stream.id)
    // A take-over ends only streams of the same profile.
    await unwrap(
      accountClient.DELETE('/v1/account/streams/{streamId}', { params: { path: { streamId: stream.id } } }),
    ).catch(() => undefined)
    takeOver(null)
  }
  return (
    <Dialog
      isOpen
      onClose={cancel}
      title={t('limitTitle')}
      description={t('limitText', { count: maxStreams })}
      container={stage.node}
    >
      {isLoading ? <Spinner /> : (
        <ul className="streams">
          {streams.map((stream) => (
            <StreamRow
              key={stream.id}
              stream={stream}
              isBusy={isBusy}
              end={() => void end(stream)}
            />
          ))}
        </ul>
      )}
      {streams.length === 0 ? <p>{t('limitOthers')}</p> : null}
      <div className="dialog-actions">
        <Button look="quiet" onClick={cancel}>{common('cancel')}</Button>
      </div>
    </Dialog>
  )
}

interface StreamRowProps {
  readonly stream: ActiveStream
  readonly isBusy: boolean
  readonly end: () => void
}

function StreamRow ({ stream, isBusy, end }: StreamRowProps): ReactNode {
  const t = useTranslations('player')
  const { time } = useFormats()
  const code = useEpisodeCode()(stream)
  const { profile, title, device, since } = stream
  return (
    <li>
      <MonitorPlay className="icon" aria-hidden />
      <span className="stream">
        <strong>{`${profile.name} · ${code === null ? title.title : `${title.title} ${code}`}`}</strong>
        <small>{t('deviceSince', { device: device ?? t('unknownDevice'), time: time(since) })}</small>
      </span>
      <Button isSmall isBusy={isBusy} onClick={end}>{t('takeOver')}</Button>
    </li>
  )
}
