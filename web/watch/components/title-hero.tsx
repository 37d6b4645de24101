// The top of a title page: backdrop, poster, facts, actions, synopsis and people.
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Backdrop } from '@shared/design/backdrop.js'
import { Poster } from '@shared/design/poster.js'
import { posterLook } from '@shared/design/poster-look.js'
import { formatResolution, useFormats } from '@shared/i18n/format.js'
import type { Title } from '../api/titles.js'
import { CreatorList } from './people.js'
import { TitleActions } from './title-actions.js'
import { TitleFacts } from './title-facts.js'
import { Trailer } from './trailer.js'

interface TitleHeroProps {
  readonly title: Title
  /** Play buttons, or why the title cannot be played. */
  readonly play: ReactNode
  /** More actions, such as marking a movie as watched. */
  readonly actions?: ReactNode
}

export function TitleHero ({ title, play, actions }: TitleHeroProps): ReactNode {
  const t = useTranslations('title')
  const { className, style } = posterLook(title.id)
  return (
    <section className={`hero hero-title ${className}`} style={style} aria-label={title.title}>
      <Backdrop url={title.backdropUrl} placeholder={title.backdropPlaceholder} />
      <div className="hero-with-poster">
        <Poster title={title} shape="portrait" />
        <div className="hero-text">
          <TitleName title={title} />
          {title.originalTitle === null || title.originalTitle === title.title
            ? null
            : <p className="hero-original">{t('originalTitle', { title: title.originalTitle })}</p>}
          <TitleFacts title={title} />
          <div className="actions">
            {play}
            {title.trailerUrl === null ? null : <Trailer url={title.trailerUrl} title={title.title} />}
            <TitleActions title={title} />
            {actions}
          </div>
          <p className="synopsis">{title.synopsis ?? t('synopsisMissing')}</p>
          <TitleCredits title={title} />
        </div>
      </div>
    </section>
  )
}

/** The logo of a title, or its name when there is no logo or it fails to load. */
function TitleName ({ title: { title, logoUrl } }: { readonly title: Title }): ReactNode {
  const [failedUrl, setFailedUrl] = useState<string | null>(null)
  if (logoUrl === null || logoUrl === failedUrl) return <h1>{title}</h1>
  return (
    <h1>
      <img
        className="title-logo"
        src={logoUrl}
        alt={title}
        referrerPolicy="no-referrer"
        onError={() => {
          setFailedUrl(logoUrl)
        }}
      />
    </h1>
  )
}

function TitleCredits ({ title }: { readonly title: Title }): ReactNode {
  const t = useTranslations('title')
  const { language } = useFormats()
  const { heights, audioLanguages, subtitleLanguages } = title.available
  const maxHeight = Math.max(0, ...heights)
  const listLanguages = (tags: readonly string[]): string => tags.map(language).join(', ')
  return (
    <dl className="credits">
      {title.genres.length === 0 ? null : (
        <>
          <dt>{t('genres')}</dt>
          <dd>
            {title.genres.map((genre, index) => (
              <span key={genre}>
                {index === 0 ? null : ', '}
                <Link to="/browse/$kind" params={{ kind: 'all' }} search={{ genre }} className="text-link">
                  {genre}
                </Link>
              </span>
            ))}
          </dd>
        </>
      )}
      <CreatorList crew={title.credits.crew} />
      {heights.length === 0 ? null : (
        <>
          <dt>{t('availableIn')}</dt>
          <dd>
            {[t('upTo', { resolution: formatResolution(maxHeight) }), listLanguages(audioLanguages)]
              .filter((part) => part !== '').join(' · ')}
          </dd>
        </>
      )}
      {subtitleLanguages.length === 0 ? null : (
        <>
          <dt>{t('subtitles')}</dt>
          <dd>{listLanguages(subtitleLanguages)}</dd>
        </>
      )}
      {title.collections.length === 0 ? null : (
        <>
          <dt>{t('collections')}</dt>
          <dd>
            {title.collections.map(({ id, title: name }, index) => (
              <span key={id}>
                {index === 0 ? null : ', '}
                <Link to="/collections/$collectionId" params={{ collectionId: id }} className="text-link">{name}</Link>
              </span>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}
