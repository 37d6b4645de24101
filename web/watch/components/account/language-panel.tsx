// The preferred languages of a profile, and when subtitles are on.
import { ArrowUp, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { SelectField } from '@shared/design/field.js'
import { useFormats } from '@shared/i18n/format.js'
import { Panel } from '../panel.js'
import type { ProfileDraft } from './profile-draft.js'

/** Common languages of movies and shows. */
const LANGUAGES = [
  'ar',
  'bg',
  'ca',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'es',
  'et',
  'eu',
  'fa',
  'fi',
  'fr',
  'gl',
  'he',
  'hi',
  'hr',
  'hu',
  'id',
  'is',
  'it',
  'ja',
  'ko',
  'lt',
  'lv',
  'ms',
  'nb',
  'nl',
  'pl',
  'pt',
  'pt-BR',
  'ro',
  'ru',
  'sk',
  'sl',
  'sr',
  'sv',
  'ta',
  'te',
  'th',
  'tr',
  'uk',
  'vi',
  'zh',
]
const SUBTITLE_MODES = ['none', 'forced', 'smart', 'always'] as const

interface LanguagePanelProps {
  readonly draft: ProfileDraft
  readonly onChange: (part: Partial<ProfileDraft>) => void
}

export function LanguagePanel ({ draft, onChange }: LanguagePanelProps): ReactNode {
  const t = useTranslations('editProfile')
  return (
    <Panel title={t('languages')} text={t('languagesText')}>
      <LanguageList
        label={t('audioLanguages')}
        value={draft.audioLanguages}
        onChange={(audioLanguages) => {
          onChange({ audioLanguages })
        }}
      />
      <LanguageList
        label={t('subtitleLanguages')}
        value={draft.subtitleLanguages}
        onChange={(subtitleLanguages) => {
          onChange({ subtitleLanguages })
        }}
      />
      <SelectField
        label={t('subtitleMode')}
        hint={t(`subtitleModes.${draft.subtitleMode}Text`)}
        options={SUBTITLE_MODES.map((mode) => ({ value: mode, label: t(`subtitleModes.${mode}`) }))}
        value={draft.subtitleMode}
        onChange={({ target }) => {
          onChange({ subtitleMode: target.value as ProfileDraft['subtitleMode'] })
        }}
      />
    </Panel>
  )
}

interface LanguageListProps {
  readonly label: string
  /** Most preferred first. */
  readonly value: string[]
  readonly onChange: (languages: string[]) => void
}

function LanguageList ({ label, value, onChange }: LanguageListProps): ReactNode {
  const t = useTranslations('editProfile')
  const { language: nameOf } = useFormats()
  const others = LANGUAGES.filter((tag) => !value.includes(tag))
    .map((tag) => ({ value: tag, label: nameOf(tag) }))
    .sort((one, other) => one.label.localeCompare(other.label))
  const moveUp = (index: number): void => {
    const moved = value.slice(index, index + 1)
    const rest = value.filter((_, at) => at !== index)
    onChange([...rest.slice(0, index - 1), ...moved, ...rest.slice(index - 1)])
  }
  return (
    <div className="languages">
      <SelectField
        label={label}
        options={[{ value: '', label: t('addLanguage') }, ...others]}
        value=""
        onChange={({ target }) => {
          if (target.value !== '') onChange([...value, target.value])
        }}
      />
      <ol className="language-list" aria-label={label}>
        {value.map((tag, index) => (
          <li key={tag}>
            <span>{nameOf(tag)}</span>
            {index === 0
              ? null
              : (
                <IconButton
                  icon={ArrowUp}
                  label={t('preferLanguage', { language: nameOf(tag) })}
                  onClick={() => {
                    moveUp(index)
                  }}
                />
              )}
            <IconButton
              icon={X}
              label={t('removeLanguage', { language: nameOf(tag) })}
              onClick={() => {
                onChange(value.filter((other) => other !== tag))
              }}
            />
          </li>
        ))}
      </ol>
    </div>
  )
}
