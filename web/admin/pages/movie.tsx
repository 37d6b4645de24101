// The editor of a movie.
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { changeMovie, type MovieChanges } from '../api/editing.js'
import { titlesKey } from '../api/keys.js'
import { movieQuery } from '../api/titles.js'
import { ArtworkSection } from '../editor/artwork-section.js'
import { DetailsSection } from '../editor/details-section.js'
import { EditorTabs } from '../editor/editor-tabs.js'
import { MarkersSection } from '../editor/markers-section.js'
import { MediaSection } from '../editor/media-section.js'
import { PeopleSection } from '../editor/people-section.js'
import { SaveBar } from '../editor/save-bar.js'
import { toTitleFields } from '../editor/title-fields.js'
import { TitleHead } from '../editor/title-head.js'
import { TranslationsSection } from '../editor/translations-section.js'
import { useResourceEditor } from '../editor/use-resource-editor.js'
import '../styles/editor.css'

export function MoviePage (): ReactNode {
  const t = useTranslations('editor')
  const { movieId } = useParams({ from: '/staff/catalogue/movies/$movieId' })
  const { resource: movie, form, saving } = useResourceEditor({
    query: movieQuery(movieId),
    toFields: toTitleFields,
    change: async (changes, etag) => await changeMovie(movieId, changes as MovieChanges, etag),
    listKey: titlesKey('list'),
  })
  return (
    <>
      <TitleHead title={movie} />
      <EditorTabs
        tabs={[
          { id: 'details', label: t('details'), content: <DetailsSection form={form} kind="movie" /> },
          { id: 'people', label: t('people'), content: <PeopleSection title={movie} form={form} /> },
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
          { id: 'artwork', label: t('artwork'), content: <ArtworkSection title={movie} form={form} /> },
          {
            id: 'media',
            label: t('media'),
            content: (
              <MediaSection
                item={{ kind: 'movie', itemId: movieId }}
                name={movie.title}
                mediaFiles={movie.mediaFiles}
                watchUrl={`/watch/movie/${movieId}`}
              />
            ),
          },
          {
            id: 'markers',
            label: t('markers'),
            content: (
              <MarkersSection
                itemId={movieId}
                mediaFiles={movie.mediaFiles}
                markers={form.fields.markers}
                chapters={form.fields.chapters ?? []}
                onChange={(value) => {
                  form.setField('markers', value)
                }}
                onChaptersChange={(value) => {
                  form.setField('chapters', value)
                }}
              />
            ),
          },
        ]}
      />
      <SaveBar {...saving} />
    </>
  )
}
