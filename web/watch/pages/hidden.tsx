// Titles that the profile hid or dropped from continue watching.
import { useSuspenseQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useFormats } from '@shared/i18n/format.js'
import { hiddenQuery, restoreTitle, type DismissedTitle } from '../api/my-stuff.js'
import { EmptyList, MyStuffPage } from '../components/my-stuff/my-stuff-page.js'
import { TitleRow } from '../components/my-stuff/title-row.js'
import { useUndoableAction } from '../components/use-action.js'

export function HiddenPage (): ReactNode {
  const t = useTranslations('hidden')
  const { data: titles } = useSuspenseQuery(hiddenQuery())
  return (
    <MyStuffPage title={t('title')}>
      {titles.length === 0 ? <EmptyList title={t('empty')} text={t('emptyText')} /> : null}
      <ul>
        {titles.map((dismissed) => <HiddenRow key={dismissed.title.id} dismissed={dismissed} />)}
      </ul>
    </MyStuffPage>
  )
}

function HiddenRow ({ dismissed: { title, hiddenAt, droppedAt } }: { readonly dismissed: DismissedTitle }): ReactNode {
  const t = useTranslations('hidden')
  const { dateTime } = useFormats()
  const { mutate, isPending } = useUndoableAction(
    async () => await restoreTitle(title.id),
    () => t('restored', { title: title.title }),
  )
  const text = droppedAt === null
    ? t('hiddenAt', { time: dateTime(hiddenAt ?? '') })
    : t('droppedAt', { time: dateTime(droppedAt) })
  return (
    <TitleRow title={title} kind={title.kind} text={text}>
      <Button
        isBusy={isPending}
        aria-label={t('restoreTitle', { title: title.title })}
        onClick={() => {
          mutate(undefined)
        }}
      >
        {t('restore')}
      </Button>
    </TitleRow>
  )
}
