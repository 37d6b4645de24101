// Loading, empty and error states of pages.
import type { LucideIcon } from 'lucide-react'
import { CloudOff, SearchX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ApiProblem, canRetry, UnreachableError } from '../api/problem.js'
import { Button } from './button.js'
import { useErrorText } from './error-text.js'

interface StateProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly text: string
  /** Level of the heading: 2 below the heading of the page. */
  readonly level?: 1 | 2
  readonly children?: ReactNode
}

export function PageState ({ icon: Icon, title, text, level = 1, children }: StateProps): ReactNode {
  const Heading = level === 1 ? 'h1' : 'h2'
  return (
    <section className="state">
      <Icon className="icon" aria-hidden />
      <Heading>{title}</Heading>
      <p>{text}</p>
      {children}
    </section>
  )
}

interface ErrorStateProps {
  readonly error: unknown
  readonly retry: () => void
  readonly level?: 1 | 2
  /** A way out when the page cannot be shown, such as a link to the home page. */
  readonly children?: ReactNode
}

export function ErrorState ({ error, retry, level = 1, children }: ErrorStateProps): ReactNode {
  const t = useTranslations('states')
  const describeError = useErrorText()
  const isMissing = error instanceof ApiProblem && error.problem.status === 404
  const icon = isMissing ? SearchX : error instanceof UnreachableError ? CloudOff : TriangleAlert
  return (
    <PageState icon={icon} title={t(isMissing ? 'notFound' : 'failed')} text={describeError(error)} level={level}>
      <div className="actions">
        {canRetry(error) ? <Button look="main" onClick={retry}>{t('tryAgain')}</Button> : null}
        {children}
      </div>
    </PageState>
  )
}

export function Spinner (): ReactNode {
  const t = useTranslations('states')
  return <div className="spinner" role="status" aria-label={t('loading')} />
}
