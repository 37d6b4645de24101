// A person and their titles, newest first.
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { usePageTitle } from '@shared/design/page-title.js'
import { PersonPicture } from '@shared/design/person-picture.js'
import { personQuery } from '../api/discovery.js'
import { CardGrid } from '../components/card-row.js'
import { ShowMore } from '../components/show-more.js'
import { TitleCard } from '../components/title-card.js'
import '../styles/browse.css'

export function PersonPage (): ReactNode {
  const t = useTranslations('people')
  const { personId } = useParams({ from: '/profile/people/$personId' })
  const list = useSuspenseInfiniteQuery(personQuery(personId))
  const { pages } = list.data
  const { name = '', titleCount = 0, pictureUrl = null, picturePlaceholder = null } = pages[0] ?? {}
  const titles = pages.flatMap(({ items }) => items)
  usePageTitle(name)
  return (
    <div className="browse">
      <div className="page-heading person-heading">
        <PersonPicture id={personId} name={name} url={pictureUrl} placeholder={picturePlaceholder} />
        <div>
          <h1>{name}</h1>
          <p className="quiet">{t('titleCount', { count: titleCount })}</p>
        </div>
      </div>
      <CardGrid label={t('titlesOf', { name })}>
        {titles.map(({ title, credits }, index) => (
          <TitleCard
            key={title.id}
            card={title}
            index={index}
            remark={[
              title.year,
              ...new Set(credits.map(({ role, department }) => role ?? t(department))),
            ].filter((fact) => fact !== null).join(' · ')}
          />
        ))}
      </CardGrid>
      <ShowMore list={list} />
    </div>
  )
}
