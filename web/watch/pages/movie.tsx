// The page of a movie.
import { useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Eye, EyeOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { continueCardQuery, movieQuery } from '../api/titles.js'
import { CastRow } from '../components/people.js'
import { PlayButtons } from '../components/play-buttons.js'
import { SimilarRow } from '../components/similar-row.js'
import { TechnicalDetails } from '../components/technical-details.js'
import { TitleHero } from '../components/title-hero.js'
import { useMarks } from '../components/use-marks.js'
import '../styles/title.css'

export function MoviePage (): ReactNode {
  const t = useTranslations('watched')
  const { titleId } = useParams({ from: '/profile/movie/$titleId' })
  const { data: movie } = useSuspenseQuery(movieQuery(titleId))
  const { data: card } = useSuspenseQuery(continueCardQuery(titleId))
  const { mark, isMarking } = useMarks()
  usePageTitle(movie.title)
  const isWatched = movie.progress?.finished === true
  return (
    <article className="title-page">
      <TitleHero
        title={movie}
        play={<PlayButtons title={movie} card={card} season={null} />}
        actions={
          <IconButton
            icon={isWatched ? EyeOff : Eye}
            label={t(isWatched ? 'markUnwatched' : 'markWatched')}
            disabled={isMarking}
            onClick={() => {
              mark({ targets: [{ id: titleId }], isWatched: !isWatched, name: movie.title })
            }}
          />
        }
      />
      <CastRow cast={movie.credits.cast} />
      <SimilarRow titleId={titleId} />
      <TechnicalDetails files={movie.mediaFiles} />
    </article>
  )
}
