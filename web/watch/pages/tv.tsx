// Log-in of a TV: a code and a QR code for the phone of the owner. The page waits for the approval.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { markLoggedIn } from '@shared/api/session.js'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { StartPage } from '@shared/design/form-page.js'
import { Spinner } from '@shared/design/states.js'
import { poll, requestCodes, type DeviceCodes, type PollResult } from '../api/device-log-in.js'
import { QrCode } from '../components/qr-code.js'
import '../styles/device-log-in.css'

export function TvPage (): ReactNode {
  const t = useTranslations('deviceLogIn')
  const describeError = useErrorText()
  const { data: codes, error, refetch, isFetching } = useQuery({
    queryKey: ['device-codes'],
    queryFn: requestCodes,
    staleTime: Infinity,
    gcTime: 0,
  })
  return (
    <StartPage title={t('tvTitle')}>
      <section className="form-card tv-card">
        <h1>{t('tvTitle')}</h1>
        {error === null ? null : <p role="alert">{describeError(error)}</p>}
        {codes === undefined || isFetching
          ? error === null ? <Spinner /> : null
          : <Codes key={codes.user_code} codes={codes} />}
        <div className="tv-actions">
          <Button isBusy={isFetching} onClick={() => void refetch()}>{t('newCode')}</Button>
          <Link to="/log-in">{t('password')}</Link>
        </div>
      </section>
    </StartPage>
  )
}

function Codes ({ codes }: { readonly codes: DeviceCodes }): ReactNode {
  const t = useTranslations('deviceLogIn')
  const describeError = useErrorText()
  const { data: { status }, error } = useQuery({
    queryKey: ['device-poll', codes.device_code],
    queryFn: async () => await poll(codes),
    // The first poll is after the interval, too.
    initialData: { status: 'pending', waitMs: codes.interval * 1_000 } as PollResult,
    staleTime: Infinity,
    // A failed poll is repeated, too: the network may come back.
    refetchInterval: ({ state: { data } }) => data?.status === 'pending' ? data.waitMs : false,
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
    gcTime: 0,
  })
  useEffect(() => {
    if (status !== 'approved') return
    markLoggedIn()
    // The app resumes the session of the cookie.
    location.assign('/watch')
  }, [status])
  const text = status === 'denied' ? t('denied') : status === 'expired' ? t('expired') : t('waiting')
  return (
    <>
      {status === 'pending' || status === 'approved'
        ? (
          <div className="tv-codes">
            <QrCode text={codes.verification_uri_complete} label={t('qr', { url: codes.verification_uri_complete })} />
            <div className="tv-steps">
              <p>{t('tvScan')}</p>
              <p>{t('tvOpen', { url: codes.verification_uri.replace(/^https?:\/\//, '') })}</p>
              <p className="user-code">{codes.user_code}</p>
            </div>
          </div>
        )
        : null}
      <p className="quiet" role="status">{error === null ? text : describeError(error)}</p>
    </>
  )
}
