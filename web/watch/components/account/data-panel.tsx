// The language of the interface, and the export of all data.
import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { SelectField } from '@shared/design/field.js'
import { chooseLocale, LOCALES, type Locale } from '@shared/i18n/locale.js'
import { exportAccount } from '../../api/account.js'
import { Panel, PanelRow } from '../panel.js'
import { datedName, saveFile } from '../save-file.js'
import { useAction } from '../use-action.js'

/** Users find their language by its own name. */
const LOCALE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', es: 'Español', de: 'Deutsch' }

export function DataPanel (): ReactNode {
  const t = useTranslations('account')
  const locale = useLocale()
  const { mutate, isPending } = useAction(async () => {
    saveFile(await exportAccount(), datedName('normflix-account', 'json'))
  })
  return (
    <Panel title={t('settings')}>
      <SelectField
        label={t('language')}
        hint={t('languageText')}
        options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
        value={locale}
        onChange={({ target }) => {
          chooseLocale(target.value as Locale)
        }}
      />
      <PanelRow label={t('export')} text={t('exportText')}>
        <Button
          isBusy={isPending}
          onClick={() => {
            mutate()
          }}
        >
          {t('download')}
        </Button>
      </PanelRow>
    </Panel>
  )
}
