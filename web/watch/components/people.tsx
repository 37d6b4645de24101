// People of a title: the cast as a row of cards, and the crew as a list.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Schemas } from '@shared/api/client.js'
import { PersonPicture } from '@shared/design/person-picture.js'
import { CardRow } from './card-row.js'
import { tabIndexAt } from './title-card.js'

type Credit = Schemas['Credit']

const MAX_CAST = 24
const MAX_PER_ROLE = 4
/** Roles of the crew on a title page, in this order. */
const CREW_ROLES = ['Creator', 'Director', 'Writer'] as const

export function CastRow ({ cast }: { readonly cast: readonly Credit[] }): ReactNode {
  const t = useTranslations('title')
  if (cast.length === 0) return null
  return (
    <CardRow title={t('cast')} isPeople>
      {mergeRoles(cast).slice(0, MAX_CAST).map(({ personId, name, role, pictureUrl, picturePlaceholder }, index) => (
        <li key={personId} className="card person-card">
          <Link to="/people/$personId" params={{ personId }} className="card-link" tabIndex={tabIndexAt(index)}>
            <PersonPicture id={personId} name={name} url={pictureUrl} placeholder={picturePlaceholder} />
            <span className="card-caption">
              <strong>{name}</strong>
              <span>{role ?? ''}</span>
            </span>
          </Link>
        </li>
      ))}
    </CardRow>
  )
}

/** The creators, directors and writers, as parts of a description list. */
export function CreatorList ({ crew }: { readonly crew: readonly Credit[] }): ReactNode {
  const t = useTranslations('title')
  return CREW_ROLES.map((role) => {
    const people = mergeRoles(crew.filter((credit) => credit.role === role)).slice(0, MAX_PER_ROLE)
    if (people.length === 0) return null
    return (
      <CrewEntry
        key={role}
        people={people}
        label={t(role === 'Creator' ? 'createdBy' : role === 'Director' ? 'directedBy' : 'writtenBy')}
      />
    )
  })
}

function CrewEntry ({ label, people }: { readonly label: string, readonly people: readonly Credit[] }): ReactNode {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {people.map(({ personId, name }, index) => (
          <span key={personId}>
            {index === 0 ? null : ', '}
            <Link to="/people/$personId" params={{ personId }} className="text-link">{name}</Link>
          </span>
        ))}
      </dd>
    </>
  )
}

/** One entry for each person, with all roles. */
function mergeRoles (credits: readonly Credit[]): Credit[] {
  const people = new Map<string, Credit>()
  for (const credit of credits) {
    const known = people.get(credit.personId)
    const roles = [known?.role, credit.role].filter((role) => typeof role === 'string')
    people.set(credit.personId, { ...credit, role: roles.length === 0 ? null : roles.join(' / ') })
  }
  return [...people.values()]
}
