// A title or a play in a list: a small picture, its name, facts and actions.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Poster, type PosterTitle } from '@shared/design/poster.js'

interface TitleRowProps {
  readonly title: PosterTitle
  readonly kind: 'movie' | 'show'
  readonly name?: string
  readonly text: ReactNode
  /** Inside the picture, such as the progress. */
  readonly mark?: ReactNode
  /** The actions of the row. */
  readonly children?: ReactNode
}

export function TitleRow ({ title, kind, name, text, mark, children }: TitleRowProps): ReactNode {
  return (
    <li className="title-row">
      <Link
        to={kind === 'movie' ? '/movie/$titleId' : '/show/$titleId'}
        params={{ titleId: title.id }}
        className="title-row-link"
      >
        <span className="title-row-picture">
          <Poster title={title} shape="wide">{mark}</Poster>
        </span>
        <span className="title-row-text">
          <strong>{name ?? title.title}</strong>
          <span className="quiet">{text}</span>
        </span>
      </Link>
      <div className="title-row-actions">{children}</div>
    </li>
  )
}
