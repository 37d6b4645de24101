// The home page as a profile sees it: its rows and their titles.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { Poster } from '@shared/design/poster.js'
import { Spinner } from '@shared/design/states.js'
import { profileHomeQuery, type AccountDetail } from '../api/accounts.js'
import '../styles/profile-home.css'

interface ProfileHomeDialogProps {
  readonly accountId: string
  readonly profile: AccountDetail['profiles'][number]
  readonly onClose: () => void
}

export function ProfileHomeDialog ({ accountId, profile, onClose }: ProfileHomeDialogProps): ReactNode {
  const t = useTranslations('accounts')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const { data, error, isPending } = useQuery(profileHomeQuery(accountId, profile.id))
  return (
    <Dialog isOpen onClose={onClose} title={t('homeOf', { name: profile.name })} isWide>
      {isPending ? <Spinner /> : null}
      {error === null ? null : <p className="form-problem" role="alert">{describeError(error)}</p>}
      {data?.rows.filter(({ items }) => items.length > 0).map((row) => (
        <section key={row.id} className="home-row">
          <h3>{row.title}</h3>
          <ul className="home-row-titles">
            {(row.kind === 'continue' ? row.items.map(({ title }) => title) : row.items).map((title) => (
              <li key={title.id}>
                <Poster title={title} shape="portrait" />
                <span>{title.title}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <div className="dialog-actions">
        <Button look="quiet" onClick={onClose}>{common('close')}</Button>
      </div>
    </Dialog>
  )
}
