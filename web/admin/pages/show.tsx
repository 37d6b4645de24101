// The editor of a show, with its seasons and episodes.
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { changeShow, type ShowChanges } from '../api/editing.js'
import { titlesKey } from '../api/keys.js'
import { showQuery } from '../api/titles.js'
import { ArtworkSection } from '../editor/artwork-section.js'
import { DetailsSection } from '../editor/details-section.js'
import { EditorTabs } from '../editor/editor-tabs.js'
import { PeopleSection } from '../editor/people-section.js'
import { SaveBar } from '../editor/save-bar.js'
import { SeasonsSection } from '../editor/seasons-section.js'
import { toTitleFields } from '../editor/title-fields.js'
import { TitleHead } from '../editor/title-head.js'
import { TranslationsSection } from '../editor/translations-section.js'
import { useResourceEditor } from '../editor/use-resource-editor.js'
import '../styles/editor.css'

export function ShowPage (): ReactNode {
  const t = useTranslations('editor')
  const { showId } = useParams({ from: '/staff/catalogue/shows/$showId' })
  const { resource: show, form, saving } = useResourceEditor({
    query: showQuery(showId),
    toFields: toTitleFields,
    // The fields that only movies have never change here.
    change: async (changes, etag) => await changeShow(showId, changes as ShowChanges, etag),
    listKey: titlesKey('list'),
  })
  return (
    <>
      <TitleHead title={show} />
      <EditorTabs
        tabs={[
          { id: 'details', label: t('details'), content: <DetailsSection form={form} kind="show" /> },
          { id: 'seasons', label: t('seasons'), content: <SeasonsSection show={show} /> },
          { id: 'people', label: t('people'), content: <PeopleSection title={show} form={form} /> },
          {
            id: 'translations',
            label: t('translations'),
            content: (
              <TranslationsSection
                translations={form.fields.translations}
                onChange={(value) => {
                  form.setField('translations', value)
                }}
              />
            ),
          },
          { id: 'artwork', label: t('artwork'), content: <ArtworkSection title={show} form={form} /> },
        ]}
      />
      <SaveBar {...saving} />
    </>
  )
}
