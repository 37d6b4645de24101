// Translations of the name and synopsis of a title, season or episode.
import { Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, IconButton } from '@shared/design/button.js'
import { TextField } from '@shared/design/field.js'
import { useFormats } from '@shared/i18n/format.js'
import { Panel } from '../components/page.js'
import { OptionalText, OptionalTextArea } from './fields.js'
import type { TitleFields } from './title-fields.js'

type Translations = TitleFields['translations']
const LANGUAGE_TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/

interface TranslationsProps {
  readonly translations: Translations
  readonly onChange: (translations: Translations) => void
}

export function TranslationsSection ({ translations, onChange }: TranslationsProps): ReactNode {
  const t = useTranslations('editor')
  const { language: nameLanguage } = useFormats()
  const [tag, setTag] = useState('')
  const canAdd = LANGUAGE_TAG.test(tag) && !(tag in translations)
  const add = (): void => {
    onChange({ ...translations, [tag]: { title: null, synopsis: null } })
    setTag('')
  }
  return (
    <Panel title={t('translations')} className="section">
      {Object.entries(translations).map(([language, { title = null, synopsis = null }]) => (
        <fieldset key={language} className="translation">
          <legend>{nameLanguage(language)} ({language})</legend>
          <OptionalText
            label={t('title')}
            maxLength={500}
            value={title}
            onChange={(value) => {
              onChange({ ...translations, [language]: { title: value, synopsis } })
            }}
          />
          <OptionalTextArea
            label={t('synopsis')}
            value={synopsis}
            onChange={(value) => {
              onChange({ ...translations, [language]: { title, synopsis: value } })
            }}
          />
          <IconButton
            icon={Trash2}
            label={t('remove', { name: nameLanguage(language) })}
            onClick={() => {
              const { [language]: _old, ...others } = translations
              onChange(others)
            }}
          />
        </fieldset>
      ))}
      <div className="inline-form">
        <TextField
          label={t('language')}
          hint={t('languageHint')}
          value={tag}
          onChange={({ target }) => {
            setTag(target.value.trim())
          }}
        />
        <Button icon={Plus} disabled={!canAdd} onClick={add}>{t('addTranslation')}</Button>
      </div>
    </Panel>
  )
}
