// Service accounts: list, create and delete.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { SelectField, TextField } from '@shared/design/field.js'
import { FormDialog } from '@shared/design/form-dialog.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { tokensKey } from '../api/keys.js'
import {
  createServiceAccount,
  deleteServiceAccount,
  SERVICE_ACCOUNT_ROLES,
  type ServiceAccount,
  type ServiceAccountRole,
} from '../api/tokens.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

export function ServiceAccountsPanel ({ services }: { readonly services: readonly ServiceAccount[] }): ReactNode {
  const t = useTranslations('tokens')
  const queryClient = useQueryClient()
  const [isCreating, setCreating] = useState(false)
  const [deleting, setDeleting] = useState<ServiceAccount | null>(null)
  const columns = useColumns(setDeleting)
  const openForm = (): void => {
    setCreating(true)
  }
  return (
    <Panel title={t('serviceAccounts')} actions={<Button isSmall onClick={openForm}>{t('newService')}</Button>}>
      <p className="quiet">{t('serviceText')}</p>
      <DataTable
        label={t('serviceAccounts')}
        items={[...services]}
        getId={({ id }) => id}
        columns={columns}
        emptyText={t('noServices')}
      />
      {isCreating
        ? (
          <NewServiceAccount
            onClose={() => {
              setCreating(false)
            }}
          />
        )
        : null}
      <ConfirmDialog
        isOpen={deleting !== null}
        onClose={() => {
          setDeleting(null)
        }}
        title={t('deleteQuestion', { name: deleting?.name ?? '' })}
        text={t('deleteText')}
        confirmLabel={t('deleteService')}
        onConfirm={async () => {
          if (deleting !== null) await deleteServiceAccount(deleting.id)
          showMessage(t('deleted'))
          await queryClient.invalidateQueries({ queryKey: tokensKey() })
        }}
      />
    </Panel>
  )
}

function useColumns (onDelete: (service: ServiceAccount) => void): ReadonlyArray<DataColumn<ServiceAccount>> {
  const t = useTranslations('tokens')
  const roles = useTranslations('roles')
  const { date } = useFormats()
  return useMemo(() => [
    { id: 'name', header: t('name'), cell: ({ name }) => name },
    { id: 'role', header: t('role'), cell: ({ role }) => roles(role) },
    { id: 'created', header: t('created'), cell: ({ createdAt }) => date(createdAt.slice(0, 10)) },
    {
      id: 'actions',
      header: t('actions'),
      cell: (service) => (
        <Button
          isSmall
          look="quiet"
          aria-label={t('deleteServiceOf', { name: service.name })}
          onClick={() => {
            onDelete(service)
          }}
        >
          {t('deleteService')}
        </Button>
      ),
    },
  ], [t, roles, date, onDelete])
}

function NewServiceAccount ({ onClose }: { readonly onClose: () => void }): ReactNode {
  const t = useTranslations('tokens')
  const roles = useTranslations('roles')
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<ServiceAccountRole>('editor')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => await createServiceAccount(name.trim(), role),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: tokensKey() })
      onClose()
    },
  })
  const { errorAt, formError } = useFormErrors(error, ['name'])
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t('newService')}
      submitLabel={t('createService')}
      isBusy={isPending}
      error={formError}
      onSubmit={mutate}
    >
      <TextField
        label={t('name')}
        error={errorAt('name')}
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => {
          setName(target.value)
        }}
      />
      <SelectField
        label={t('role')}
        value={role}
        options={SERVICE_ACCOUNT_ROLES.map((value) => ({ value, label: roles(value) }))}
        onChange={({ target }) => {
          setRole(target.value as ServiceAccountRole)
        }}
      />
    </FormDialog>
  )
}
