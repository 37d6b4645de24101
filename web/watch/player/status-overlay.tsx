// What lies over the stage while nothing plays: the stream limit, errors, and what follows a finished item.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MonitorX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContinueCard, Playback } from '@shared/api/client.js'
import { canRetry } from '@shared/api/problem.js'
import { Button, buttonClass } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import type { PosterTitle } from '@shared/design/poster.js'
import { Spinner } from '@shared/design/states.js'
import { findNext, type NextItem } from './episodes.js'
import { EndCard, ErrorCard, NextCard, OfflineCard } from './overlays.js'
import type { PlayerSession } from './player-session.js'
import type { LossReason, PlayerStatus } from './player-state.js'
import { StreamLimitDialog } from './stream-limit-dialog.js'

interface StatusOverlayProps {
  readonly session: PlayerSession
  readonly status: PlayerStatus
  readonly item: Playback['item'] | null
  readonly title: PosterTitle
  readonly openItem: (item: NextItem) => void
  readonly startOver: () => void
  readonly leave: () => void
}

export function StatusOverlay (props: StatusOverlayProps): ReactNode {
  const { session, status, leave } = props
  if (status.kind === 'starting' || status.kind === 'playing') return null
  if (status.kind === 'limit') {
    return (
      <StreamLimitDialog
        problem={status.problem}
        takeOver={(streamId) => {
          session.retry(streamId)
        }}
        cancel={leave}
      />
    )
  }
  return (
    <div className="overlay">
      {status.kind === 'finished'
        ? <Finished {...props} offered={status.offered} />
        : <Failure session={session} status={status} leave={leave} />}
    </div>
  )
}

function Finished (
  { item, title, offered, openItem, startOver, leave }: StatusOverlayProps & { readonly offered: ContinueCard | null },
): ReactNode {
  const queryClient = useQueryClient()
  const { data: next, isPending } = useQuery({
    queryKey: ['next', item?.id, offered?.item.id],
    queryFn: async () => item === null ? null : await findNext(queryClient, title.id, item, offered),
    // Without a network the loaded season is enough.
    networkMode: 'always',
    gcTime: 0,
  })
  if (isPending) return <Spinner />
  if (next === null || next === undefined) return <EndCard title={title.title} startOver={startOver} back={leave} />
  return (
    <NextCard
      next={next}
      poster={title}
      play={() => {
        openItem(next)
      }}
      back={leave}
    />
  )
}

/** Another start would fail for the same reason. */
const FINAL_REASONS: readonly LossReason[] = ['maturity', 'unavailable', 'session']

type FailureStatus = Extract<PlayerStatus, { kind: 'start-failed' | 'media-failed' | 'offline' | 'lost' }>

function Failure (
  { session, status, leave }: { session: PlayerSession, status: FailureStatus, leave: () => void },
): ReactNode {
  const t = useTranslations('player')
  const states = useTranslations('states')
  const layout = useTranslations('layout')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const retry = (): void => {
    session.retry()
  }
  const back = <Button look="quiet" onClick={leave}>{common('back')}</Button>
  switch (status.kind) {
    case 'offline':
      return <OfflineCard>{back}</OfflineCard>
    case 'lost':
      return (
        <ErrorCard
          title={t('lostTitle')}
          text={t(`lost-${status.reason}`)}
          icon={MonitorX}
          retryLabel={t('continueHere')}
          retry={FINAL_REASONS.includes(status.reason) ? null : retry}
        >
          {back}
        </ErrorCard>
      )
    case 'media-failed':
      return (
        <ErrorCard title={t('failedTitle')} text={t('mediaFailed')} retryLabel={states('tryAgain')} retry={retry}>
          {back}
        </ErrorCard>
      )
    case 'start-failed':
      return (
        <ErrorCard
          title={t('failedTitle')}
          text={describeError(status.error)}
          retryLabel={states('tryAgain')}
          retry={canRetry(status.error) ? retry : null}
        >
          {back}
          <Link to="/" className={buttonClass('quiet')}>{layout('home')}</Link>
        </ErrorCard>
      )
  }
}
