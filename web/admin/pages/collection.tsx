// The editor of a collection: its name, and its titles in order.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { CheckField, SelectField, TextField } from '@shared/design/field.js'
import {
  changeCollection,
  collectionQuery,
  collectionTitlesQuery,
  deleteCollection,
  type StoredCollection,
} from '../api/collections.js'
import { useCanEdit } from '../access.js'
import { collectionsKey } from '../api/keys.js'
import { OrderedTitles } from '../components/ordered-titles.js'
import { PageHead, Panel } from '../components/page.js'
import { OptionalText, OptionalTextArea } from '../editor/fields.js'
import { SaveBar } from '../editor/save-bar.js'
import { TranslationsSection } from '../editor/translations-section.js'
import { useResourceEditor } from '../editor/use-resource-editor.js'
import '../styles/editor.css'

const KINDS = ['editorial', 'series'] as const

function toFields ({ title, kind, synopsis, translations = {}, posterUrl, titleIds, published }: StoredCollection) {
  return { title, kind, synopsis, translations, posterUrl, titleIds, published }
}

export function CollectionPage (): ReactNode {
  const t = useTranslations('collections')
  const editor = useTranslations('editor')
  const { collectionId } = useParams({ from: '/staff/collections/$collectionId' })
  const { resource: collection, form, saving } = useResourceEditor({
    query: collectionQuery(collectionId),
    toFields,
    change: async (changes, etag) => await changeCollection(collectionId, changes, etag),
    listKey: collectionsKey(),
  })
  const canEdit = useCanEdit()
  const { data: titles } = useQuery(collectionTitlesQuery(collectionId))
  const { fields, setField } = form
  return (
    <>
      <PageHead title={collection.title}>
        {canEdit ? <DeleteButton collection={collection} /> : null}
      </PageHead>
      <fieldset className="sections editor" disabled={!canEdit}>
        <Panel title={editor('details')} className="section">
          <TextField
            label={t('name')}
            required
            maxLength={500}
            value={fields.title}
            onChange={({ target }) => {
              setField('title', target.value)
            }}
          />
          <SelectField
            label={t('kind')}
            value={fields.kind}
            options={KINDS.map((value) => ({ value, label: t(value) }))}
            onChange={({ target }) => {
              setField('kind', KINDS.find((kind) => kind === target.value) ?? 'editorial')
            }}
          />
          <OptionalTextArea
            label={editor('synopsis')}
            value={fields.synopsis}
            onChange={(value) => {
              setField('synopsis', value)
            }}
          />
          <OptionalText
            label={editor('posterUrl')}
            value={fields.posterUrl}
            onChange={(value) => {
              setField('posterUrl', value)
            }}
          />
          <CheckField
            label={editor('published')}
            checked={fields.published}
            onChange={({ target }) => {
              setField('published', target.checked)
            }}
          />
        </Panel>
        <OrderedTitles
          titleIds={fields.titleIds}
          titles={titles}
          onChange={(ids) => {
            setField('titleIds', ids)
          }}
        />
        <TranslationsSection
          translations={fields.translations}
          onChange={(value) => {
            setField(
              'translations',
              Object.fromEntries(
                Object.entries(value).map(([tag, { title = null, synopsis = null }]) => [tag, { title, synopsis }]),
              ),
            )
          }}
        />
      </fieldset>
      <SaveBar {...saving} />
    </>
  )
}

function DeleteButton ({ collection: { id, title } }: { readonly collection: StoredCollection }): ReactNode {
  const t = useTranslations('collections')
  const common = useTranslations('common')
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <IconButton
        icon={Trash2}
        label={t('delete')}
        onClick={() => {
          setOpen(true)
        }}
      />
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => {
          setOpen(false)
        }}
        title={t('askDelete', { title })}
        text={t('askDeleteText')}
        confirmLabel={common('delete')}
        onConfirm={async () => {
          await deleteCollection(id)
          await navigate({ to: '/collections' })
          await queryClient.invalidateQueries({ queryKey: ['collections', 'list'] })
        }}
      />
    </>
  )
}
