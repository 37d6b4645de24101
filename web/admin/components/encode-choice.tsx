// The choice between masters, which the service encodes, and files that are played as they are.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { CheckField } from '@shared/design/field.js'
import { encoderQuery } from '../api/encoding.js'

interface EncodeChoiceProps {
  readonly isMaster: boolean
  readonly onChange: (isMaster: boolean) => void
}

export function EncodeChoice ({ isMaster, onChange }: EncodeChoiceProps): ReactNode {
  const t = useTranslations('media')
  const { data: encoder } = useQuery(encoderQuery())
  return (
    <CheckField
      label={t('encode')}
      hint={encoder?.isAvailable === false ? t('encodeUnavailable', { reason: encoder.reason ?? '' }) : t('encodeHint')}
      checked={isMaster}
      disabled={encoder?.isAvailable !== true}
      onChange={({ target }) => {
        onChange(target.checked)
      }}
    />
  )
}
