// The devices that play now.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { formatPosition, useFormats } from '@shared/i18n/format.js'
import { endStream, streamsQuery, type Stream } from '../../api/account.js'
import { Panel, PanelRow } from '../panel.js'
import { useEpisodeCode } from '../item-text.js'
import { useAction } from '../use-action.js'

export function StreamsPanel (): ReactNode {
  const t = useTranslations('account')
  const describeError = useErrorText()
  const { data: streams = [], error, isSuccess } = useQuery(streamsQuery())
  return (
    <Panel title={t('streams')}>
      {error === null ? null : <p role="alert">{describeError(error)}</p>}
      {isSuccess && streams.length === 0 ? <p className="quiet">{t('noStreams')}</p> : null}
      {streams.map((stream) => <StreamRow key={stream.id} stream={stream} />)}
    </Panel>
  )
}

function StreamRow ({ stream }: { readonly stream: Stream }): ReactNode {
  const t = useTranslations('account')
  const { time } = useFormats()
  const describeEpisode = useEpisodeCode()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useAction(async () => {
    await endStream(stream.id)
  }, async () => {
    await queryClient.invalidateQueries({ queryKey: streamsQuery().queryKey })
  })
  const { title, profile, device, positionMs, since } = stream
  const name = [title.title, describeEpisode(stream)].filter((part) => part !== null).join(' · ')
  const text = t('streamText', {
    profile: profile.name,
    device: device ?? t('unknownDevice'),
    time: time(since),
    position: formatPosition(positionMs),
  })
  return (
    <PanelRow label={name} text={text}>
      <Button
        isBusy={isPending}
        aria-label={t('stopStream', { title: title.title, device: device ?? t('unknownDevice') })}
        onClick={() => {
          mutate()
        }}
      >
        {t('stop')}
      </Button>
    </PanelRow>
  )
}
