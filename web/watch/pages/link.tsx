// Approval of a device that logs in by a code: the owner enters the code, sees the device, and approves or rejects it.
import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { ShieldCheck, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, buttonClass } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { FormPage, NoticePage, StartPage } from '@shared/design/form-page.js'
import { useFormats } from '@shared/i18n/format.js'
import { decide, findDevice, type DeviceLogIn } from '../api/device-log-in.js'
import '../styles/device-log-in.css'

type Decision = 'approve' | 'reject'

export function LinkPage (): ReactNode {
  const t = useTranslations('deviceLogIn')
  const describeError = useErrorText()
  const { code: givenCode = '' } = useSearch({ from: '/account-page/link' })
  const [code, setCode] = useState(givenCode)
  const [decided, setDecided] = useState<Decision | null>(null)
  const { mutate, isPending, error, data: device, reset } = useMutation({
    mutationFn: async () => await findDevice(code),
  })
  const startAgain = (): void => {
    setCode('')
    setDecided(null)
    reset()
  }
  if (device === undefined) {
    return (
      <FormPage
        title={t('linkTitle')}
        text={t('linkText')}
        submitLabel={t('continue')}
        isBusy={isPending}
        error={error === null ? null : describeError(error)}
        onSubmit={mutate}
        footer={<Link to="/">{t('open')}</Link>}
      >
        <TextField
          label={t('code')}
          className="code-input"
          name="code"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={50}
          required
          autoFocus
          value={code}
          onChange={({ target }) => {
            setCode(target.value)
          }}
        />
      </FormPage>
    )
  }
  if (decided === null) {
    return <DeviceQuestion code={code} device={device} onDecided={setDecided} onCancel={startAgain} />
  }
  const isApproved = decided === 'approve'
  const name = device.device ?? t('unknownDevice')
  return (
    <NoticePage
      title={t(isApproved ? 'approved' : 'rejected')}
      text={isApproved ? t('approvedText', { device: name }) : t('rejectedText')}
    >
      <Link to="/" className={buttonClass('main', false, true)}>{t('open')}</Link>
      <Button isWide onClick={startAgain}>{t('another')}</Button>
    </NoticePage>
  )
}

interface DeviceQuestionProps {
  readonly code: string
  readonly device: DeviceLogIn
  readonly onDecided: (decision: Decision) => void
  readonly onCancel: () => void
}

function DeviceQuestion ({ code, device, onDecided, onCancel }: DeviceQuestionProps): ReactNode {
  const t = useTranslations('deviceLogIn')
  const describeError = useErrorText()
  const { dateTime } = useFormats()
  const { mutate, isPending, error, variables } = useMutation({
    mutationFn: async (decision: Decision) => {
      await decide(code, decision)
      return decision
    },
    onSuccess: onDecided,
  })
  const facts = [
    ['device', device.device ?? t('unknownDevice')],
    ['app', device.clientId],
    ['address', device.ipAddress],
    ['requested', dateTime(device.createdAt)],
  ] as const
  const Icon = device.sameNetwork ? ShieldCheck : TriangleAlert
  return (
    <StartPage title={t('askTitle')}>
      <section className="form-card">
        <h1>{t('askTitle')}</h1>
        <p className="quiet">{t('askText', { code: code.trim().toUpperCase() })}</p>
        <dl className="device-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{t(name)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <p className={device.sameNetwork ? 'network' : 'network network-other'}>
          <Icon className="icon" aria-hidden />
          <span>{t(device.sameNetwork ? 'sameNetwork' : 'otherNetwork')}</span>
        </p>
        <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
        <Button
          look="main"
          isWide
          isBusy={isPending && variables === 'approve'}
          disabled={isPending}
          onClick={() => {
            mutate('approve')
          }}
        >
          {t('approve')}
        </Button>
        <Button
          isWide
          isBusy={isPending && variables === 'reject'}
          disabled={isPending}
          onClick={() => {
            mutate('reject')
          }}
        >
          {t('reject')}
        </Button>
        <div className="form-footer">
          <Button look="bare" onClick={onCancel}>{t('another')}</Button>
        </div>
      </section>
    </StartPage>
  )
}
