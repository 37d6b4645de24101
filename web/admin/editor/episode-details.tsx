// The fields of an episode.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { TextField } from '@shared/design/field.js'
import type { EpisodePath } from '../api/editing.js'
import { Panel } from '../components/page.js'
import { Minutes, OptionalNumber, OptionalText, OptionalTextArea } from './fields.js'
import { ImageUpload } from './image-upload.js'
import type { EpisodeFields } from './title-fields.js'
import type { Changes } from './use-changes.js'

interface EpisodeDetailsProps {
  readonly path: EpisodePath
  readonly form: Changes<EpisodeFields>
}

export function EpisodeDetails ({ path, form }: EpisodeDetailsProps): ReactNode {
  const t = useTranslations('editor')
  const { fields, setField } = form
  return (
    <div className="sections">
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
        <OptionalTextArea
          label={t('synopsis')}
          value={fields.synopsis}
          onChange={(value) => {
            setField('synopsis', value)
          }}
        />
      </Panel>
      <Panel title={t('placeAndTime')} className="section section-grid">
        <OptionalNumber
          label={t('season')}
          min={0}
          value={fields.season}
          onChange={(value) => {
            setField('season', value ?? fields.season)
          }}
        />
        <OptionalNumber
          label={t('number')}
          min={0}
          value={fields.number}
          onChange={(value) => {
            setField('number', value ?? fields.number)
          }}
        />
        <OptionalText
          label={t('airDate')}
          type="date"
          value={fields.airDate}
          onChange={(value) => {
            setField('airDate', value)
          }}
        />
        <Minutes
          label={t('runtimeMs')}
          value={fields.runtimeMs}
          onChange={(value) => {
            setField('runtimeMs', value)
          }}
        />
        <OptionalNumber
          label={t('mediaSpan')}
          hint={t('mediaSpanHint')}
          min={1}
          max={20}
          value={fields.mediaSpan}
          onChange={(value) => {
            setField('mediaSpan', value ?? 1)
          }}
        />
        {fields.season === 0 ? <PlacedAfter form={form} /> : null}
      </Panel>
      <Panel title={t('still')} className="section">
        {fields.stillUrl === null
          ? null
          : <img src={fields.stillUrl} alt="" className="artwork-still" referrerPolicy="no-referrer" />}
        <ImageUpload target={{ kind: 'still', path }} label={t('dropStill')} />
        <OptionalText
          label={t('stillUrl')}
          value={fields.stillUrl}
          onChange={(value) => {
            setField('stillUrl', value)
          }}
        />
      </Panel>
    </div>
  )
}

/** The regular episode after which a special is watched. */
function PlacedAfter ({ form: { fields, setField } }: { readonly form: Changes<EpisodeFields> }): ReactNode {
  const t = useTranslations('editor')
  const { placedAfter } = fields
  return (
    <>
      <OptionalNumber
        label={t('placedAfterSeason')}
        hint={t('placedAfterHint')}
        min={1}
        value={placedAfter?.season ?? null}
        onChange={(season) => {
          setField('placedAfter', season === null ? null : { season, episode: placedAfter?.episode ?? 0 })
        }}
      />
      <OptionalNumber
        label={t('placedAfterEpisode')}
        min={0}
        value={placedAfter?.episode ?? null}
        onChange={(episode) => {
          setField('placedAfter', episode === null ? null : { season: placedAfter?.season ?? 1, episode })
        }}
      />
    </>
  )
}
