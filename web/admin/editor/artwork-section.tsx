// Artwork of a title: poster, backdrop and logo by drag and drop, or the URLs of images; and the URL of its trailer.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Poster } from '@shared/design/poster.js'
import type { Title } from '../api/titles.js'
import { Panel } from '../components/page.js'
import { OptionalText } from './fields.js'
import { ImageUpload } from './image-upload.js'
import type { TitleFields } from './title-fields.js'
import type { Changes } from './use-changes.js'

interface ArtworkSectionProps {
  readonly title: Title
  readonly form: Changes<TitleFields>
}

export function ArtworkSection ({ title, form }: ArtworkSectionProps): ReactNode {
  const t = useTranslations('editor')
  const { posterUrl, backdropUrl, logoUrl } = form.fields
  return (
    <div className="sections">
      <Panel title={t('poster')} className="section artwork">
        <div className="artwork-poster">
          <Poster title={{ ...title, posterUrl }} shape="portrait" />
        </div>
        <div className="section">
          <ImageUpload target={{ kind: 'poster', titleId: title.id }} label={t('dropPoster')} />
          <UrlField name="posterUrl" form={form} />
        </div>
      </Panel>
      <Panel title={t('backdrop')} className="section">
        {backdropUrl === null
          ? null
          : <img src={backdropUrl} alt="" className="artwork-backdrop" referrerPolicy="no-referrer" />}
        <ImageUpload target={{ kind: 'backdrop', titleId: title.id }} label={t('dropBackdrop')} />
        <UrlField name="backdropUrl" form={form} />
      </Panel>
      <Panel title={t('logo')} className="section">
        {logoUrl === null
          ? null
          : <img src={logoUrl} alt="" className="artwork-logo" referrerPolicy="no-referrer" />}
        <ImageUpload target={{ kind: 'logo', titleId: title.id }} label={t('dropLogo')} />
        <UrlField name="logoUrl" form={form} />
      </Panel>
      <Panel title={t('trailer')} className="section">
        <UrlField name="trailerUrl" form={form} hint={t('trailerText')} />
      </Panel>
    </div>
  )
}

interface UrlFieldProps {
  readonly name: 'posterUrl' | 'backdropUrl' | 'logoUrl' | 'trailerUrl'
  readonly form: Changes<TitleFields>
  readonly hint?: string
}

function UrlField ({ name, form: { fields, setField }, ...field }: UrlFieldProps): ReactNode {
  const t = useTranslations('editor')
  return (
    <OptionalText
      {...field}
      label={t(name)}
      value={fields[name]}
      onChange={(value) => {
        setField(name, value)
      }}
    />
  )
}
