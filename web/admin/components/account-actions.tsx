// What staff can do for an account. Support may not change accounts of the staff.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { SelectField } from '@shared/design/field.js'
import { showMessage } from '@shared/design/toasts.js'
import type { Role } from '../access.js'
import {
  changePlan,
  changeRole,
  endSessions,
  plansQuery,
  sendEmail,
  setDisabled,
  type AccountDetail,
  type AccountEmailKind,
} from '../api/accounts.js'
import { Panel } from './page.js'

const ROLES: readonly Role[] = ['member', 'support', 'editor', 'admin']
type Question = 'disable' | 'sessions' | 'role' | 'plan'

export function AccountActions ({ account }: { readonly account: AccountDetail }): ReactNode {
  const t = useTranslations('accounts')
  const queryClient = useQueryClient()
  const { role: ownRole } = useAccount()
  const [question, setQuestion] = useState<Question | null>(null)
  const [plan, setPlan] = useState(account.plan)
  const [role, setRole] = useState<Role>(account.role)
  const { id, email } = account
  const isDisabled = account.disabledAt !== null
  if (ownRole !== 'admin' && account.role !== 'member') return <p className="quiet">{t('staffAccount')}</p>
  const finish = async (text: string): Promise<void> => {
    showMessage(text)
    await Promise.all(['accounts', 'audit'].map(async (key) => {
      await queryClient.invalidateQueries({ queryKey: [key] })
    }))
  }
  const runs: Readonly<Record<Question, () => Promise<void>>> = {
    disable: async () => {
      await setDisabled(id, !isDisabled)
      await finish(t(isDisabled ? 'wasEnabled' : 'wasDisabled', { email }))
    },
    sessions: async () => {
      await endSessions(id)
      await finish(t('sessionsEnded', { email }))
    },
    role: async () => {
      await changeRole(id, role)
      await finish(t('roleChanged', { email }))
    },
    plan: async () => {
      await changePlan(id, plan)
      await finish(t('planChanged', { email }))
    },
  }
  const ask = question === 'disable' && isDisabled ? 'enable' : question
  return (
    <Panel title={t('actions')} className="section">
      <PlanForm
        plan={plan}
        current={account.plan}
        onChange={setPlan}
        onSubmit={() => {
          setQuestion('plan')
        }}
      />
      {ownRole === 'admin'
        ? (
          <RoleForm
            role={role}
            current={account.role}
            onChange={setRole}
            onSubmit={() => {
              setQuestion('role')
            }}
          />
        )
        : null}
      <div className="actions">
        <Button
          look={isDisabled ? 'plain' : 'danger'}
          onClick={() => {
            setQuestion('disable')
          }}
        >
          {t(isDisabled ? 'enable' : 'disable')}
        </Button>
        <Button
          onClick={() => {
            setQuestion('sessions')
          }}
        >
          {t('endSessions')}
        </Button>
        <EmailButtons account={account} />
      </div>
      {question === null || ask === null ? null : (
        <ConfirmDialog
          isOpen
          onClose={() => {
            setQuestion(null)
          }}
          title={t(`ask-${ask}`, { email })}
          text={t(`ask-${ask}-text`)}
          confirmLabel={t(`confirm-${ask}`)}
          onConfirm={runs[question]}
        />
      )}
    </Panel>
  )
}

interface ChoiceFormProps<Value> {
  readonly current: Value
  readonly onChange: (value: Value) => void
  readonly onSubmit: () => void
}

function PlanForm (
  { plan, current, onChange, onSubmit }: ChoiceFormProps<string> & { readonly plan: string },
): ReactNode {
  const t = useTranslations('accounts')
  const { data: plans = [] } = useQuery(plansQuery())
  const options = plans.map(({ id, name }) => ({ value: id as string, label: name }))
  const all = options.some(({ value }) => value === current)
    ? options
    : [{ value: current, label: current }, ...options]
  return (
    <div className="inline-form">
      <SelectField
        label={t('plan')}
        value={plan}
        options={all}
        onChange={({ target }) => {
          onChange(target.value)
        }}
      />
      <Button disabled={plan === current} onClick={onSubmit}>{t('changePlan')}</Button>
    </div>
  )
}

function RoleForm ({ role, current, onChange, onSubmit }: ChoiceFormProps<Role> & { readonly role: Role }): ReactNode {
  const t = useTranslations('accounts')
  const roles = useTranslations('roles')
  return (
    <div className="inline-form">
      <SelectField
        label={t('role')}
        value={role}
        options={ROLES.map((value) => ({ value, label: roles(value) }))}
        onChange={({ target }) => {
          onChange(ROLES.find((one) => one === target.value) ?? current)
        }}
      />
      <Button disabled={role === current} onClick={onSubmit}>{t('changeRole')}</Button>
    </div>
  )
}

function EmailButtons ({ account: { id, emailVerified } }: { readonly account: AccountDetail }): ReactNode {
  const t = useTranslations('accounts')
  const describeError = useErrorText()
  const { mutate, isPending } = useMutation({
    mutationFn: async (kind: AccountEmailKind) => {
      await sendEmail(id, kind)
    },
    onSuccess: () => {
      showMessage(t('emailSent'))
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  const kinds: readonly AccountEmailKind[] = emailVerified ? ['reset-password'] : ['verify-email', 'reset-password']
  return kinds.map((kind) => (
    <Button
      key={kind}
      isBusy={isPending}
      onClick={() => {
        mutate(kind)
      }}
    >
      {t(`send-${kind}`)}
    </Button>
  ))
}
