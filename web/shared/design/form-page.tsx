// A page with one form, such as the log-in: outside the frame of the app.
import { clsx } from 'clsx'
import type { FormEvent, ReactNode } from 'react'
import { Button } from './button.js'
import { usePageTitle } from './page-title.js'

interface FormPageProps {
  readonly title: string
  readonly text?: string
  readonly error?: string | null
  readonly submitLabel: string
  readonly isBusy: boolean
  readonly isWide?: boolean
  readonly onSubmit: () => void
  readonly children: ReactNode
  /** Links below the form. */
  readonly footer?: ReactNode
}

export function FormPage (
  { title, text, error = null, submitLabel, isBusy, isWide = false, onSubmit, children, footer }: FormPageProps,
): ReactNode {
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <StartPage title={title}>
      <form className={clsx('form-card', isWide && 'form-card-wide')} onSubmit={submit}>
        <h1>{title}</h1>
        {text === undefined ? null : <p className="quiet">{text}</p>}
        {children}
        <p className="form-problem" role="alert">{error}</p>
        <Button look="main" isWide type="submit" isBusy={isBusy}>{submitLabel}</Button>
        {footer === undefined ? null : <div className="form-footer">{footer}</div>}
      </form>
    </StartPage>
  )
}

/** A page that only states a result. */
export function NoticePage (
  { title, text, children }: { readonly title: string, readonly text: string, readonly children: ReactNode },
): ReactNode {
  return (
    <StartPage title={title}>
      <section className="form-card" role="status">
        <h1>{title}</h1>
        <p className="quiet">{text}</p>
        {children}
      </section>
    </StartPage>
  )
}

export function StartPage ({ title, children }: { readonly title: string, readonly children: ReactNode }): ReactNode {
  usePageTitle(title)
  return (
    <main className="welcome" id="content">
      <p className="brand brand-large" aria-hidden>
        Norm<b>Flix</b>
      </p>
      {children}
    </main>
  )
}
