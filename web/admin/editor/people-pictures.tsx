// The pictures of the people of a title, by drag and drop.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Schemas } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { PersonPicture } from '@shared/design/person-picture.js'
import { showMessage } from '@shared/design/toasts.js'
import { removePersonPicture } from '../api/editing.js'
import { Panel } from '../components/page.js'
import { ImageUpload } from './image-upload.js'

type Credit = Schemas['Credit']

/** @param credits as they are stored: a person has no ID before the title is saved */
export function PeoplePictures ({ credits }: { readonly credits: Schemas['Credits'] }): ReactNode {
  const t = useTranslations('editor')
  const people = new Map([...credits.cast, ...credits.crew].map((credit) => [credit.personId, credit]))
  return (
    <Panel title={t('pictures')} className="section">
      <p className="quiet">{t('picturesHint')}</p>
      <ul className="people-pictures">
        {[...people.values()].map((person) => <PersonRow key={person.personId} person={person} />)}
      </ul>
    </Panel>
  )
}

function PersonRow ({ person: { personId, name, pictureUrl } }: { readonly person: Credit }): ReactNode {
  const t = useTranslations('editor')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useMutation({
    mutationFn: async () => {
      await removePersonPicture(personId)
    },
    onSuccess: async () => {
      showMessage(t('pictureRemoved'))
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  return (
    <li>
      <PersonPicture id={personId} name={name} url={pictureUrl} />
      <ImageUpload target={{ kind: 'picture', personId }} label={t('dropPicture', { name })} />
      {pictureUrl === null
        ? null
        : (
          <IconButton
            icon={Trash2}
            label={t('removePicture', { name })}
            disabled={isPending}
            onClick={() => {
              mutate()
            }}
          />
        )}
    </li>
  )
}
