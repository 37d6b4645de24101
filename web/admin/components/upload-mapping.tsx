// Dropped files, and the movie or episode of each one: recognised by the name, and editable before the upload.
import { useMutation, useQueries, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { putEpisode } from '../api/editing.js'
import { episodesQuery, type AdminTitle } from '../api/titles.js'
import { mapFiles, nameItem, resolveFile, type MappedFile, type ResolvedFile } from '../upload/mapping.js'
import { addUploads } from '../upload/queue.js'
import { DropZone } from './drop-zone.js'
import { EncodeChoice } from './encode-choice.js'
import { MappingTable } from './mapping-table.js'
import { Panel } from './page.js'
import { TitlePicker } from './title-picker.js'

const VIDEO_FILES = 'video/*,.mkv,.ts'

export function UploadMapping (): ReactNode {
  const t = useTranslations('upload')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [files, setFiles] = useState<readonly MappedFile[]>([])
  const [isMaster, setIsMaster] = useState(false)
  const [choosing, setChoosing] = useState<MappedFile | null>(null)
  const resolved = useResolvedFiles(files)
  const ready = resolved.filter(({ item }) => item !== null)
  const missing = resolved.filter(({ problem }) => problem === 'missingEpisode')
  const { mutate: recognise, isPending: isRecognising } = useMutation({
    mutationFn: async (added: readonly File[]) => await mapFiles(queryClient, added),
    onSuccess: (mapped) => {
      setFiles((before) => [...before, ...mapped])
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  const { mutate: create, isPending: isCreating } = useMutation({
    mutationFn: async () => {
      for (const { mapped: { title, season, episode } } of missing) {
        if (title === null || season === null || episode === null) continue
        await putEpisode({ showId: title.id, season, episode }, t('episodeName', { episode }))
      }
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
  })
  const start = (): void => {
    const requests = ready.flatMap(({ mapped, item }) =>
      item === null ? [] : [{ ...mapped, item, itemName: nameItem(mapped), isMaster }]
    )
    for (const name of addUploads(requests)) showMessage(t('alreadyQueued', { name }))
    setFiles(files.filter(({ key }) => !ready.some(({ mapped }) => mapped.key === key)))
  }
  const chooseTitle = (title: AdminTitle): void => {
    // The other files of the same show usually follow.
    setFiles(
      files.map((file) =>
        file.key === choosing?.key || file.recognisedTitle === choosing?.recognisedTitle ? { ...file, title } : file
      ),
    )
    setChoosing(null)
  }
  return (
    <Panel title={t('title')} className="section">
      <DropZone
        label={t('drop')}
        hint={t('dropHint')}
        accept={VIDEO_FILES}
        isMultiple
        isBusy={isRecognising}
        onFiles={recognise}
      />
      {files.length === 0 ? null : (
        <>
          <MappingTable
            files={resolved}
            onChange={(changed) => {
              setFiles(files.map((file) => file.key === changed.key ? changed : file))
            }}
            onChoose={setChoosing}
            onRemove={({ key }) => {
              setFiles(files.filter((file) => file.key !== key))
            }}
          />
          <EncodeChoice isMaster={isMaster} onChange={setIsMaster} />
          <div className="actions">
            <Button look="main" disabled={ready.length === 0} onClick={start}>
              {t('start', { count: ready.length })}
            </Button>
            {missing.length === 0 ? null : (
              <Button
                isBusy={isCreating}
                onClick={() => {
                  create()
                }}
              >
                {t('createMissing', { count: missing.length })}
              </Button>
            )}
          </div>
        </>
      )}
      <Dialog
        isOpen={choosing !== null}
        onClose={() => {
          setChoosing(null)
        }}
        title={t('chooseTitle')}
        description={choosing?.file.name ?? ''}
      >
        {choosing === null
          ? null
          : <TitlePicker label={t('searchTitle')} initialText={choosing.recognisedTitle} onSelect={chooseTitle} />}
      </Dialog>
    </Panel>
  )
}

/** Finds the episodes of the files. */
function useResolvedFiles (files: readonly MappedFile[]): ResolvedFile[] {
  const seasons = new Map<string, { readonly showId: string, readonly season: number }>()
  for (const { title, season } of files) {
    if (title?.kind === 'show' && season !== null) {
      seasons.set(`${title.id} ${season}`, { showId: title.id, season })
    }
  }
  const keys = [...seasons.keys()]
  const results = useQueries({
    queries: [...seasons.values()].map(({ showId, season }) => episodesQuery(showId, season)),
  })
  return files.map((file) => resolveFile(file, (showId, season) => results[keys.indexOf(`${showId} ${season}`)]?.data))
}
