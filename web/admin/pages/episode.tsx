// The editor of an episode.
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, notFound, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft, Trash2 } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass, IconButton } from '@shared/design/button.js'
import { useCanEdit } from '../access.js'
import { changeEpisode, type EpisodeChanges } from '../api/editing.js'
import { seasonQuery, showQuery } from '../api/titles.js'
import { DeleteDialog } from '../components/delete-dialog.js'
import { PageHead } from '../components/page.js'
import { EditorTabs } from '../editor/editor-tabs.js'
import { EpisodeDetails } from '../editor/episode-details.js'
import { MarkersSection } from '../editor/markers-section.js'
import { MediaSection } from '../editor/media-section.js'
import { SaveBar } from '../editor/save-bar.js'
import { toEpisodeFields } from '../editor/title-fields.js'
import { TranslationsSection } from '../editor/translations-section.js'
import { useChanges } from '../editor/use-changes.js'
import '../styles/editor.css'

const ROUTE = '/staff/catalogue/shows/$showId/seasons/$season/episodes/$episode'

export function EpisodePage (): ReactNode {
  const { showId, season, episode } = useParams({ from: ROUTE })
  return <EpisodeEditor key={`${showId} ${season} ${episode}`} />
}

function EpisodeEditor (): ReactNode {
  const t = useTranslations('editor')
  const params = useParams({ from: ROUTE })
  const path = { showId: params.showId, season: Number(params.season), episode: Number(params.episode) }
  const { showId, season } = path
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const canEdit = useCanEdit()
  const [isDeleting, setDeleting] = useState(false)
  const { data: { value: show } } = useSuspenseQuery(showQuery(showId))
  const { data: { value: { episodes }, etag }, refetch } = useSuspenseQuery(
    seasonQuery(showId, season),
  )
  const stored = episodes.find(({ number }) => number === path.episode)
  if (stored === undefined) throw notFound()
  const storedFields = useMemo(() => toEpisodeFields(stored, season), [stored, season])
  const form = useChanges(storedFields)
  const save = async (): Promise<void> => {
    const saved = await changeEpisode(path, form.changes as EpisodeChanges, etag)
    const target = form.fields.season
    form.discard()
    if (target !== season || saved.number !== path.episode) {
      const to = { showId, season: String(target), episode: String(saved.number) }
      await navigate({ to: '/catalogue/shows/$showId/seasons/$season/episodes/$episode', params: to })
    }
    await queryClient.invalidateQueries({ queryKey: ['titles'] })
  }
  const reload = async () => {
    const { data } = await refetch()
    const now = data?.value.episodes.find(({ id }) => id === stored.id)
    return now === undefined ? undefined : toEpisodeFields(now, season)
  }
  const seasonsLink = { to: '/catalogue/shows/$showId', params: { showId }, search: { tab: 'seasons' } } as const
  return (
    <>
      <PageHead title={`${show.title} · S${season} E${stored.number} · ${stored.title}`}>
        <Link {...seasonsLink} className={buttonClass('quiet', true)}>
          <ArrowLeft className="icon" aria-hidden />
          {t('allEpisodes')}
        </Link>
        {canEdit
          ? (
            <IconButton
              icon={Trash2}
              label={t('deleteEpisode')}
              onClick={() => {
                setDeleting(true)
              }}
            />
          )
          : null}
      </PageHead>
      <EditorTabs
        tabs={[
          { id: 'details', label: t('details'), content: <EpisodeDetails path={path} form={form} /> },
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
          {
            id: 'media',
            label: t('media'),
            content: (
              <MediaSection
                item={{ kind: 'episode', itemId: stored.id, path }}
                name={`${show.title} S${season} E${stored.number}`}
                mediaFiles={stored.mediaFiles}
                watchUrl={`/watch/show/${showId}?season=${season}`}
              />
            ),
          },
          {
            id: 'markers',
            label: t('markers'),
            content: (
              <MarkersSection
                itemId={stored.id}
                mediaFiles={stored.mediaFiles}
                markers={form.fields.markers}
                stored={stored}
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
      <SaveBar form={form} stored={storedFields} onSave={save} onReload={reload} />
      {isDeleting
        ? (
          <DeleteDialog
            target={{ kind: 'episode', path }}
            name={stored.title}
            onClose={() => {
              setDeleting(false)
            }}
            onDeleted={async () => {
              await navigate(seasonsLink)
              await queryClient.invalidateQueries({ queryKey: ['titles'] })
            }}
          />
        )
        : null}
    </>
  )
}
