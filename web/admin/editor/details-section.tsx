// The fields of a title: names, release, rating, availability and external IDs.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { CheckField, SelectField, TextField } from '@shared/design/field.js'
import type { TitleKind } from '../api/titles.js'
import { Panel } from '../components/page.js'
import { DateTime, Lines, Minutes, OptionalNumber, OptionalText, OptionalTextArea } from './fields.js'
import type { TitleFields } from './title-fields.js'
import type { Changes } from './use-changes.js'

const RATINGS = ['G', 'PG', 'PG-13', 'R', 'NC-17', 'TV-Y', 'TV-Y7', 'TV-G', 'TV-PG', 'TV-14', 'TV-MA'] as const
const EXTERNAL_IDS = ['imdb', 'tmdb', 'wikidata'] as const
const EXTERNAL_ID_NAMES = { imdb: 'IMDb', tmdb: 'TMDB', wikidata: 'Wikidata' } as const

interface SectionProps {
  readonly form: Changes<TitleFields>
}

export function DetailsSection ({ form, kind }: SectionProps & { readonly kind: TitleKind }): ReactNode {
  return (
    <div className="sections">
      <NamesPanel form={form} />
      <ReleasePanel form={form} kind={kind} />
      <AvailabilityPanel form={form} />
      <ExternalIdsPanel form={form} />
    </div>
  )
}

function NamesPanel ({ form: { fields, setField } }: SectionProps): ReactNode {
  const t = useTranslations('editor')
  return (
    <Panel title={t('names')} className="section">
      <TextField
        label={t('title')}
        required
        maxLength={500}
        value={fields.title}
        onChange={({ target }) => {
          setField('title', target.value)
        }}
      />
      <OptionalText
        label={t('originalTitle')}
        maxLength={500}
        value={fields.originalTitle}
        onChange={(value) => {
          setField('originalTitle', value)
        }}
      />
      <Lines
        label={t('alternativeTitles')}
        hint={t('onePerLine')}
        value={fields.alternativeTitles}
        onChange={(value) => {
          setField('alternativeTitles', value)
        }}
      />
      <OptionalTextArea
        label={t('synopsis')}
        value={fields.synopsis}
        onChange={(value) => {
          setField('synopsis', value)
        }}
      />
    </Panel>
  )
}

function ReleasePanel ({ form: { fields, setField }, kind }: SectionProps & { readonly kind: TitleKind }): ReactNode {
  const t = useTranslations('editor')
  const { certification } = fields
  return (
    <Panel title={t('release')} className="section section-grid">
      <OptionalNumber
        label={t('year')}
        min={1870}
        max={2200}
        value={fields.year}
        onChange={(value) => {
          setField('year', value)
        }}
      />
      <OptionalText
        label={t('releaseDate')}
        type="date"
        value={fields.releaseDate}
        onChange={(value) => {
          setField('releaseDate', value)
        }}
      />
      <SelectField
        label={t('maturityRating')}
        value={fields.maturityRating ?? ''}
        options={[{ value: '', label: t('notRated') }, ...RATINGS.map((value) => ({ value, label: value }))]}
        onChange={({ target }) => {
          setField('maturityRating', RATINGS.find((rating) => rating === target.value) ?? null)
        }}
      />
      <OptionalText
        label={t('certification')}
        hint={t('certificationHint')}
        maxLength={60}
        value={typeof certification === 'string' ? certification : null}
        onChange={(value) => {
          setField('certification', value)
        }}
      />
      <OptionalText
        label={t('originalLanguage')}
        hint={t('languageHint')}
        maxLength={35}
        value={fields.originalLanguage}
        onChange={(value) => {
          setField('originalLanguage', value)
        }}
      />
      {kind === 'movie'
        ? (
          <Minutes
            label={t('runtimeMs')}
            value={fields.runtimeMs}
            onChange={(value) => {
              setField('runtimeMs', value)
            }}
          />
        )
        : null}
      <Lines
        label={t('genres')}
        hint={t('onePerLine')}
        value={fields.genres}
        onChange={(value) => {
          setField('genres', value)
        }}
      />
      <OptionalNumber
        label={t('popularity')}
        hint={t('popularityHint')}
        min={0}
        step="any"
        value={fields.popularity}
        onChange={(value) => {
          setField('popularity', value ?? 0)
        }}
      />
    </Panel>
  )
}

function AvailabilityPanel ({ form: { fields, setField } }: SectionProps): ReactNode {
  const t = useTranslations('editor')
  return (
    <Panel title={t('availability')} className="section">
      <CheckField
        label={t('published')}
        hint={t('publishedHint')}
        checked={fields.published}
        onChange={({ target }) => {
          setField('published', target.checked)
        }}
      />
      <div className="section-grid">
        <DateTime
          label={t('availableFrom')}
          hint={t('availableFromHint')}
          value={fields.availableFrom}
          onChange={(value) => {
            setField('availableFrom', value)
          }}
        />
        <DateTime
          label={t('availableUntil')}
          hint={t('availableUntilHint')}
          value={fields.availableUntil}
          onChange={(value) => {
            setField('availableUntil', value)
          }}
        />
      </div>
    </Panel>
  )
}

function ExternalIdsPanel ({ form: { fields, setField } }: SectionProps): ReactNode {
  const t = useTranslations('editor')
  return (
    <Panel title={t('externalIds')} className="section section-grid">
      {EXTERNAL_IDS.map((name) => (
        <OptionalText
          key={name}
          label={EXTERNAL_ID_NAMES[name]}
          maxLength={40}
          value={fields.externalIds[name] ?? null}
          onChange={(value) => {
            const { [name]: _old, ...others } = fields.externalIds
            setField('externalIds', value === null ? others : { ...others, [name]: value })
          }}
        />
      ))}
    </Panel>
  )
}
