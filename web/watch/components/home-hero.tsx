// The top of the home page: what the profile continues, or the first recommended title.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Info, Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Card, ContinueCard } from '@shared/api/client.js'
import { buttonClass } from '@shared/design/button.js'
import { Backdrop } from '@shared/design/backdrop.js'
import { posterLook } from '@shared/design/poster-look.js'
import type { HomePageData } from '../api/home.js'
import { isShow, movieQuery, seasonQuery, showQuery, type Title } from '../api/titles.js'
import { useContinueText, useEpisodeCode } from './item-text.js'

export function HomeHero ({ rows }: { readonly rows: HomePageData['rows'] }): ReactNode {
  const next = rows.flatMap((row) => row.kind === 'continue' ? row.items : []).find(({ waiting }) => waiting === null)
  const first = rows.flatMap((row) => row.kind === 'titles' ? row.items : [])[0]
  if (next !== undefined) return <ContinueHero card={next} />
  return first === undefined ? null : <TitleHero card={first} />
}

function ContinueHero ({ card }: { readonly card: ContinueCard }): ReactNode {
  const t = useTranslations('home')
  const { title, item } = card
  const code = useEpisodeCode()(item)
  const text = useContinueText()(card)
  return (
    <Hero title={title} kicker={t(card.kind === 'next' ? 'upNext' : 'continueKicker')}>
      <p className="hero-facts">{code === null ? text : `${code} ${item.title} · ${text}`}</p>
      <div className="actions">
        <Link
          to="/play/$itemId"
          params={{ itemId: item.id }}
          search={{ title: title.id }}
          className={buttonClass('main')}
        >
          <Play className="icon" aria-hidden />
          {t(card.kind === 'next' ? 'play' : 'continue')}
        </Link>
        <MoreLink title={title} />
      </div>
    </Hero>
  )
}

function TitleHero ({ card }: { readonly card: Card }): ReactNode {
  const t = useTranslations('home')
  const title = useTitle(card)
  const itemId = useFirstItem(title)
  const facts = [card.year, ...card.genres.slice(0, 3)].filter((fact) => fact !== null).join(' · ')
  return (
    <Hero title={card} kicker={t('recommended')}>
      <p className="hero-facts">{facts}</p>
      {typeof title?.synopsis === 'string' ? <p className="hero-synopsis">{title.synopsis}</p> : null}
      <div className="actions">
        {itemId !== null
          ? (
            <Link
              to="/play/$itemId"
              params={{ itemId }}
              search={{ title: card.id }}
              className={buttonClass('main')}
            >
              <Play className="icon" aria-hidden />
              {t('play')}
            </Link>
          )
          : null}
        <MoreLink title={card} />
      </div>
    </Hero>
  )
}

/** The title in full, once it has loaded: a card has no synopsis. */
function useTitle ({ id, kind }: Card): Title | undefined {
  const movie = useQuery({ ...movieQuery(id), enabled: kind === 'movie' })
  const show = useQuery({ ...showQuery(id), enabled: kind === 'show' })
  return movie.data ?? show.data
}

/** The movie, or the first episode of a show, if it can be played. */
function useFirstItem (title: Title | undefined): string | null {
  const show = title !== undefined && isShow(title) ? title : null
  const first = show?.seasons.find(({ number, episodeCount }) => number > 0 && episodeCount > 0)?.number ?? 0
  const { data: season } = useQuery({ ...seasonQuery(show?.id ?? '', first), enabled: first > 0 })
  if (title !== undefined && !isShow(title)) return title.mediaFiles.length > 0 ? title.id : null
  return season?.episodes.find(({ mediaFiles }) => mediaFiles.length > 0)?.id ?? null
}

function MoreLink ({ title }: { readonly title: Card }): ReactNode {
  const t = useTranslations('home')
  return (
    <Link
      to={title.kind === 'movie' ? '/movie/$titleId' : '/show/$titleId'}
      params={{ titleId: title.id }}
      className={buttonClass('quiet')}
    >
      <Info className="icon" aria-hidden />
      {t('moreInfo')}
    </Link>
  )
}

interface HeroProps {
  readonly title: Card
  readonly kicker: string
  readonly children: ReactNode
}

function Hero ({ title, kicker, children }: HeroProps): ReactNode {
  const { className, style } = posterLook(title.id)
  return (
    <section className={`hero ${className}`} style={style} aria-label={title.title}>
      <Backdrop url={title.backdropUrl} placeholder={title.backdropPlaceholder} />
      <div className="hero-text">
        <p className="kicker">{kicker}</p>
        <h1>{title.title}</h1>
        {children}
      </div>
    </section>
  )
}
